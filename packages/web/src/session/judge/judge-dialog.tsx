import { type FormEvent, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../ui/icon-button.js';
import { Segments } from '../../ui/segments.js';
import { Name } from '../../ui/shown-text.js';
import { AnnotationRow } from './annotation-list.js';
import { commentChange, scoreChange, THUMB, thumbChange, thumbOn } from './changes.js';
import { useJudge } from './judge-context.js';
import type { Change } from './judge-store.js';
import { isOn, type JudgeTarget, targetName } from './target.js';

type Thumb = 'good' | 'none' | 'bad';

const THUMBS: Readonly<Record<Thumb, string>> = { good: 'Good', none: 'No thumb', bad: 'Bad' };

/** Scores of any name and a comment on one target, beside those that it has. */
export function JudgeDialog({ target, onClose }: { readonly target: JudgeTarget; readonly onClose: () => void }) {
  const { annotations, store } = useJudge();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const here = annotations.filter((annotation) => isOn(annotation, target));
  const given = thumbOn(annotations, target);
  const [thumb, setThumb] = useState<Thumb>(given === null ? 'none' : given.value === 1 ? 'good' : 'bad');
  const [problem, setProblem] = useState('');
  const names = useMemo(
    () => [...new Set(annotations.flatMap(({ kind, name }) => (kind === 'score' && name !== THUMB ? [name] : [])))],
    [annotations],
  );
  const comment = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    comment.current?.focus();
  }, []);
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (field: string) => String(fields.get(field) ?? '').trim();
    const [name, value, said] = [text('name'), text('value'), text('comment')];
    if ((name === '') !== (value === '')) {
      setProblem(name === '' ? 'Give the score a name, such as tone.' : 'Give the score a value: a number or a word.');
      return;
    }
    const thumbs = thumbChanges();
    const changes: Change[] = [
      ...thumbs,
      ...(name === '' ? [] : [scoreChange(annotations, target, { name, text: value })]),
      ...(said === '' ? [] : [commentChange(target, said)]),
    ];
    if (changes.length === 0) {
      setProblem('Choose a thumb, give a score or write a comment.');
      return;
    }
    void store?.change(changes, `Saved what you said of ${targetName(target)}.`);
    dialog.current?.close();
  };
  const thumbChanges = (): Change[] => {
    if (thumb === 'none') return given === null ? [] : [{ before: given, after: null }];
    const isGood = thumb === 'good';
    return given?.value === (isGood ? 1 : 0) ? [] : [thumbChange(annotations, target, isGood)];
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  return (
    <dialog ref={dialog} className="judge-dialog" aria-labelledby={`${id}-title`} onClose={onClose}>
      <div className="judge-dialog-head">
        <h2 id={`${id}-title`}>
          Judge <Name text={targetName(target)} most={80} />
        </h2>
        <IconButton icon="close" label="Close" look="small" onClick={() => dialog.current?.close()} />
      </div>
      <form onSubmit={save} onKeyDown={onKeyDown}>
        <label className="judge-field" htmlFor={`${id}-comment`}>
          Comment
          <textarea ref={comment} id={`${id}-comment`} name="comment" rows={4} dir="auto" maxLength={100_000} />
        </label>
        <Segments label="Thumb" names={THUMBS} chosen={thumb} onChoose={setThumb} />
        <div className="judge-score">
          <label className="judge-field" htmlFor={`${id}-name`}>
            Score
            <input id={`${id}-name`} name="name" list={`${id}-names`} placeholder="tone" autoComplete="off" />
          </label>
          <label className="judge-field" htmlFor={`${id}-value`}>
            Value
            <input id={`${id}-value`} name="value" placeholder="0.8 or friendly" autoComplete="off" />
          </label>
          <datalist id={`${id}-names`}>
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
        <p role="alert" className="judge-problem">
          {problem}
        </p>
        <div className="judge-actions">
          <span className="quiet">Ctrl Enter saves</span>
          <button type="submit" className="button judge-save">
            Save
          </button>
        </div>
      </form>
      {here.length > 0 && (
        <ul className="judge-here" aria-label="Given so far">
          {here.map((annotation) => (
            <AnnotationRow key={`${annotation.kind} ${annotation.id}`} annotation={annotation} isPlaced={false} />
          ))}
        </ul>
      )}
    </dialog>
  );
}
