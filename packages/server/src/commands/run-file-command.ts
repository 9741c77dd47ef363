import { backUp, restore } from './copies.js';
import type { DeleteCommand } from './delete-command.js';
import { deleteTraces } from './delete-traces.js';
import type { FileCommandDeps } from './file-command-deps.js';
import type { FileCommand } from './file-commands.js';
import { exportTo, importFrom } from './transfer.js';

/** Does what a command on files says. Rejects with `DatabaseUnusable`, `SqliteMissing`, `ImportFailed` or `NothingDeleted`. */
export async function runFileCommand(command: FileCommand | DeleteCommand, deps: FileCommandDeps): Promise<void> {
  if (command.name === 'delete') return deleteTraces(command, deps);
  const { database, file } = command;
  const { now, say } = deps;
  switch (command.name) {
    case 'backup': {
      say(`Copying ${database} to ${file} …`);
      const copy = await backUp(database, file, deps);
      say(`The backup ${copy.file} is complete and checked: ${copy.bytes} bytes.`);
      return;
    }
    case 'export':
      return exportTo(file, database, deps);
    case 'import':
      return importFrom(file, database, deps);
    case 'restore': {
      say(`Restoring ${database} from ${file} …`);
      const restored = await restore(file, database, { replace: command.replace, now }, deps);
      if (restored.replaced !== null)
        say(`What was there before is now ${restored.replaced}; delete it when it is not needed.`);
      say(`${restored.file} is restored and checked: ${restored.bytes} bytes.`);
    }
  }
}
