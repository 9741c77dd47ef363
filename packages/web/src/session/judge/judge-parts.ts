export { AnnotationList } from './annotation-list.js';
export { JudgeButtons } from './judge-buttons.js';
export { JudgeLayer } from './judge-layer.js';
export { PassageNotes } from './passage-notes.js';
