import { anyDriver, backUpDatabase, restoreDatabase } from '../store/sqlite/index.js';
import type { FileCommand } from './file-commands.js';
import { exportTo, importFrom } from './transfer.js';

/**
 * Does what a command on files says. Rejects with `DatabaseUnusable`, `SqliteMissing` or `ImportFailed`.
 *
 * @param say gets a line when work that may be long begins, and one with what was done.
 */
export async function runFileCommand(command: FileCommand, now: number, say: (line: string) => void): Promise<void> {
  const { database, file } = command;
  switch (command.name) {
    case 'backup': {
      say(`Copying ${database} to ${file} …`);
      const copy = backUpDatabase(database, file, anyDriver());
      say(`The backup ${copy.file} is complete and checked: ${copy.bytes} bytes.`);
      return;
    }
    case 'export':
      return exportTo(file, database, say);
    case 'import':
      return importFrom(file, database, say);
    case 'restore': {
      say(`Restoring ${database} from ${file} …`);
      const restored = restoreDatabase(file, database, anyDriver(), { replace: command.replace, now });
      if (restored.replaced !== null)
        say(`What was there before is now ${restored.replaced}; delete it when it is not needed.`);
      say(`${restored.file} is restored and checked: ${restored.bytes} bytes.`);
    }
  }
}
