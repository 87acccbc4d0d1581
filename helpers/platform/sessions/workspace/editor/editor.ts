import { WorkspaceError } from '../errors.ts';
import type { Site } from '../site/site.ts';
import { createComponent, updateComponent } from './components.ts';
import { type Action, understand } from './grammar.ts';
import { addNumberedPage, addPage, deletePage, renamePage, type Step, writeText } from './pages.ts';

const mostPages = 1_000;

/** Waits between two steps of a long instruction, until it is interrupted. */
export interface Pace {
  rest(signal: AbortSignal): Promise<void>;
}

/** The outcome of an instruction. */
export interface Outcome extends Step {
  /** Whether it was interrupted before its last step. */
  readonly interrupted: boolean;
}

/** Executes instructions, whose texts it treats as data only. */
export interface Editor {
  /** @throws WorkspaceError for an unknown instruction. */
  understand(instruction: string): Action;
  /**
   * Steps are atomic, and the first one is always done.
   * @throws WorkspaceError when the site does not allow it; then nothing has changed.
   */
  carryOut(action: Action, site: Site, pace: Pace, signal: AbortSignal): Promise<Outcome>;
}

export const editor: Editor = {
  understand(instruction) {
    const action = understand(instruction);
    if (action === undefined)
      throw new WorkspaceError('NOT_UNDERSTOOD', 'This instruction is unknown: try Add a new page called "Test Page"');
    if (action.kind === 'addPages' && (action.count < 1 || action.count > mostPages))
      throw new WorkspaceError('NOT_UNDERSTOOD', `From 1 to ${mostPages} pages can be added at once`);
    return action;
  },

  async carryOut(action, site, pace, signal) {
    const count = action.kind === 'addPages' ? action.count : 1;
    let step = await carryOutStep(action, site);
    const files = new Set(step.files);
    for (let done = 1; done < count; done++) {
      await pace.rest(signal);
      if (signal.aborted) return { ...step, files: [...files], interrupted: true };
      step = await carryOutStep(action, site);
      for (const file of step.files) files.add(file);
    }
    return { ...step, files: [...files], interrupted: false };
  },
};

function carryOutStep(action: Action, site: Site): Promise<Step> {
  switch (action.kind) {
    case 'addPage':
      return addPage(site, action.title);
    case 'addPages':
      return addNumberedPage(site);
    case 'renamePage':
      return renamePage(site, action.page, action.title);
    case 'writeText':
      return writeText(site, action.page, action.text);
    case 'deletePage':
      return deletePage(site, action.page);
    case 'createFile':
      return createComponent(site, action.name);
    case 'updateFile':
      return updateComponent(site, action.name, action.content);
  }
}
