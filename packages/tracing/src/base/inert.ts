export {
  getterOf,
  has,
  ignoringRejection,
  isAbort,
  isError,
  isObject,
  nameOf,
  ownValue,
  read,
  textAt,
  textIn,
  threw,
} from '@powerrag/protocol';
