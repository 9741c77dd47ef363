import { anyDriver, backUpDatabase, restoreDatabase } from '../store/sqlite/index.js';
import type { FileCommand } from './file-commands.js';

/**
 * Does what a command on files says. Throws `DatabaseUnusable` or `SqliteMissing`.
 *
 * @param say gets a line when work that may be long begins, and one with what was done.
 */
export function runFileCommand(command: FileCommand, now: number, say: (line: string) => void): void {
  const { database, file } = command;
  switch (command.name) {
    case 'backup': {
      say(`Copying ${database} to ${file} …`);
      const copy = backUpDatabase(database, file, anyDriver());
      say(`The backup ${copy.file} is complete and checked: ${copy.bytes} bytes.`);
      return;
    }
    case 'restore': {
      say(`Restoring ${database} from ${file} …`);
      const restored = restoreDatabase(file, database, anyDriver(), { replace: command.replace, now });
      if (restored.replaced !== null)
        say(`What was there before is now ${restored.replaced}; delete it when it is not needed.`);
      say(`${restored.file} is restored and checked: ${restored.bytes} bytes.`);
    }
  }
}
