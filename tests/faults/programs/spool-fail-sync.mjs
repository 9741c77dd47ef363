import fs from 'node:fs';

/** To be imported before the application: every sync of a file fails, as on a failing disk. */
function eio() {
  return Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
}

fs.fdatasync = (_descriptor, done) => {
  setImmediate(done, eio());
};
fs.fdatasyncSync = () => {
  throw eio();
};
