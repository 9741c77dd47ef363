const { TestEnvironment } = require('jest-environment-node');

/** What a test environment such as jsdom lacks of Node, as far as the exporter could miss it. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    const { setTimeout, clearTimeout } = this.global;
    const timers = new Map();
    Object.assign(this.global, {
      setTimeout: (...args) => {
        timers.set(timers.size + 1, setTimeout(...args));
        return timers.size;
      },
      clearTimeout: (id) => clearTimeout(timers.get(id)),
      setImmediate: undefined,
      clearImmediate: undefined,
      crypto: undefined,
    });
  }
};
