import { PullStream } from '@mlx/bridge';
import type { GenerationStats, GeneratorChunk, GeneratorParams } from '@mlx/schemas';
import { chooseAdapter, withAdapter } from '../adapters/choose-adapter.js';
import type { Admission } from '../admission/admission.js';
import { chooseDraft } from '../drafts/choose-draft.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { ActiveRuns } from '../generation/active-runs.js';
import { AwaitedRun } from './awaited-run.js';
import { GenerationRun } from '../generation/generation-run.js';
import { planGeneration, type GenerationPlan } from '../generation/plan.js';
import { refuseUnsupported } from '../generation/refuse-unsupported.js';
import { allowedDefaults } from '../generation/to-wire.js';
import { refuseUnseen, withImagesInMessages } from '../generation/with-images.js';
import type { ToolMismatches } from '../generation/tool-mismatches.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import { parseGenerateOptions } from '../support/call-options.js';
import { CallScope } from '../support/call-scope.js';
import { invalidParameter, toEngineError } from '../support/errors.js';
import { GenerationTrace } from '../tracing/generation-trace.js';

/** What a generation needs of an engine. */
export interface GenerationServices {
  readonly models: Pick<
    ModelRegistry,
    'acquire' | 'isLoaded' | 'knownModels' | 'names' | 'loaded' | 'models' | 'only'
  >;
  readonly admission: Admission;
  readonly runs: ActiveRuns;
  readonly events: EngineEmitter;
  readonly mismatches: ToolMismatches;
  readonly settings: EngineSettings;
}

/** What was asked for. */
export interface GenerationCall {
  /** Checked already. */
  readonly params: GeneratorParams;
  readonly options: unknown;
}

/**
 * A generation that starts with its first `next()`.
 * @param readCall what it throws rejects the first `next()`
 */
export function createGenerator(
  services: GenerationServices,
  readCall: () => GenerationCall,
): AsyncGenerator<GeneratorChunk, void, void> {
  return new PullStream((stream) => {
    const startedAt = performance.now();
    const { models, settings } = services;
    const { params: named, options: given } = readCall();
    const params = withImagesInMessages(withAdapter(services, named));
    const options = parseGenerateOptions(given);
    refuseUnsupported(params, settings);
    const { signal, timeoutMs = settings.streamTimeoutMs } = options;
    const open = (model: LoadedModel): GenerationRun => {
      const { samplingDefaults } = requireGeneration(model);
      refuseUnseen(params, model.blindness);
      const plan = planGeneration(params, options, {
        draftModel: chooseDraft(model, params.draftModel),
        adapter: chooseAdapter(model, params.adapter),
        samplingDefaults: allowedDefaults(samplingDefaults, settings),
        defaultMaxTokens: settings.defaultMaxTokens,
      });
      const scope = new CallScope({ signal, timeoutMs });
      const trace = new GenerationTrace(params, {
        streamId: plan.streamId,
        recordContent: settings.recordContent,
        restart: () => model.restarts.latest,
      });
      return openRun(stream, { plan, model, scope, trace, startedAt }, services);
    };
    if (models.isLoaded(params.model)) return open(models.loaded(params.model));
    const scope = new CallScope({ signal, timeoutMs });
    return new AwaitedRun(stream, { model: params.model, scope, models, open });
  });
}

/** What the model can do; throws InvalidParams for one that reads texts and writes none. */
function requireGeneration({ id, facts }: LoadedModel) {
  const { capabilities } = facts.loaded;
  if (capabilities.generation) return capabilities;
  const does = capabilities.reranking === undefined ? 'makes embeddings' : 'reranks documents';
  throw invalidParameter('model', `'${id}' ${does} and generates no text: name a language model`);
}

interface Opening {
  readonly plan: GenerationPlan;
  readonly model: LoadedModel;
  readonly scope: CallScope;
  readonly trace: GenerationTrace;
  readonly startedAt: number;
}

function openRun(
  stream: PullStream<GeneratorChunk>,
  { plan, model, scope, trace, startedAt }: Opening,
  services: GenerationServices,
): GenerationRun {
  const { events, mismatches, runs, settings } = services;
  const { streamId, promptSummary: prompt, operation } = plan;
  const claim = claimPlace(scope, model, services, trace);
  events.announce('generation:started', { streamId, model: plan.model, prompt, operation });
  const run = new GenerationRun(stream, {
    plan,
    scope,
    events,
    mismatches,
    trace,
    startedAt,
    process: model.process,
    counters: model.counters,
    trials: model.trials,
    flushIntervalMs: settings.flushIntervalMs,
    forgotten: settings.forgottenRuns,
    release: (stats) => {
      removeRun();
      claim.release(stats);
    },
  });
  const removeRun = runs.add(run);
  return run;
}

/** Takes the call in and ties it to its model; throws when it is over already or not admitted. */
function claimPlace(
  scope: CallScope,
  model: LoadedModel,
  { admission }: Pick<GenerationServices, 'admission'>,
  trace: GenerationTrace,
): { release: (stats?: GenerationStats) => void } {
  try {
    if (scope.abortedBy) throw scope.abortedBy;
    admission.enter(scope);
  } catch (thrown) {
    scope[Symbol.dispose]();
    trace.end(toEngineError(thrown), undefined);
    throw thrown;
  }
  const release = model.hold(scope);
  return {
    release: (stats) => {
      scope[Symbol.dispose]();
      admission.leave(scope, stats);
      release();
    },
  };
}
