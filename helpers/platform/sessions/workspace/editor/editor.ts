import { WorkspaceError } from '../errors.ts';
import type { Site } from '../site/site.ts';
import { createComponent, updateComponent } from './components.ts';
import { type Action, understand } from './grammar.ts';
import { addNumberedPage, addPage, deletePage, renamePage, type Step, writeText } from './pages.ts';

const mostPages = 1_000;

/** Waits between two steps of a long instruction, not longer than until it is interrupted. */
export interface Pace {
  rest(signal: AbortSignal): Promise<void>;
}

/** What an instruction came to. */
export interface Outcome extends Step {
  /** It was interrupted before its last step. */
  readonly interrupted: boolean;
}

/** Carries out instructions. What it is told are data: it executes none of it. */
export interface Editor {
  /** @throws WorkspaceError when it does not understand. */
  understand(instruction: string): Action;
  /**
   * A step is done wholly or not at all, and the first one always.
   * @throws WorkspaceError when the site is not such that this can be done; then nothing is changed.
   */
  carryOut(action: Action, site: Site, pace: Pace, signal: AbortSignal): Promise<Outcome>;
}

export const editor: Editor = {
  understand(instruction) {
    const action = understand(instruction);
    if (action === undefined)
      throw new WorkspaceError(
        'NOT_UNDERSTOOD',
        'This is no instruction that I know: try Add a new page called "Test Page"',
      );
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
