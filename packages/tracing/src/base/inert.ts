export { getterOf, has, ignoringRejection, isObject, nameOf, ownValue, read, threw } from '@powerrag/protocol';
