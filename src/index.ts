/** The public names of zerokara. */

export type {
  Activation,
  Backend,
  BackendName,
  ConvolutionShape,
  Dtype,
  Floats,
  PooledConvolutionShape,
  PoolingShape,
} from './backend/backend.js';
export { type Diagnosis, diagnose } from './backend/choose/diagnose.js';
export { type BackendChoice, createBackend, defaultBackend } from './backend/choose/load.js';
export { getThreads, setThreads } from './backend/choose/threads.js';
export type { AugmentOptions } from './data/augmentation.js';
export { type Batch, Batches, type BatchesOptions } from './data/batches.js';
export {
  type ClassificationOptions,
  Dataset,
  type DatasetKind,
  type DatasetTensors,
  type MultiLabelOptions,
  type RegressionOptions,
  type SharedDataset,
  type Split,
  type SplitOptions,
  type ToTensorsOptions,
} from './data/dataset.js';
export { DatasetStream } from './data/dataset-stream.js';
export type { Kind } from './data/kind.js';
export type { Labels, MultiLabels } from './data/labels.js';
export { loadMnist, type Mnist, type MnistOptions } from './data/mnist.js';
export type { StreamCsvOptions } from './data/stream-csv.js';
export type { ClassFilesOptions, StreamFilesOptions, ValueFilesOptions } from './data/stream-files.js';
export type { ClassStreamOptions, StreamOptions, ValueStreamOptions } from './data/stream-options.js';
export type { StreamSource } from './data/stream-reader.js';
export type { ClassRows, StreamRows, ValueRows } from './data/stream-rows.js';
export type { StreamStatistics } from './data/stream-statistics.js';
export { Distributed, type DistributedOptions, type DistributedStatistics } from './distributed/distributed.js';
export {
  ArgumentError,
  BackendError,
  type Complaint,
  DataError,
  type Divergence,
  DivergenceError,
  DtypeError,
  type ErrorCode,
  ShapeError,
  StateError,
  ZerokaraError,
} from './errors.js';
export { identity, relu, sigmoid, softmax, stepFunction, tanh } from './functions/activations.js';
export { col2im, type Im2colOptions, im2col } from './functions/im2col.js';
export type { Numeric, SameKind } from './functions/kinds.js';
export { type CrossEntropyOptions, crossEntropyError, sumSquaredError } from './functions/losses.js';
export {
  type Descent,
  type DescentOptions,
  type DifferenceOptions,
  gradientDescent,
  numericalDiff,
  numericalGradient,
} from './functions/numerical.js';
export { oneHot } from './functions/one-hot.js';
export { AND, type Bit, type Gate, NAND, OR, Perceptron, XOR } from './functions/perceptron.js';
export type { Padding, WindowSize } from './functions/windows.js';
export type { InitialWeights } from './init/initial-weights.js';
export type { WeightInitStd } from './init/standard-deviation.js';
export { exportOnnx } from './interop/export-onnx.js';
export type { BlobLike, FileSource, OwnBytes } from './io/file-source.js';
export { type LoadTensorsOptions, loadArrays, loadTensors } from './io/load-tensors.js';
export type { ByteSource, UrlLike } from './io/records/byte-source.js';
export type { StoredArray, StoredTensor } from './io/safetensors.js';
export { type NamedArrays, saveTensors, tensorsToBytes } from './io/save-tensors.js';
export { Affine, type AffineOptions } from './layers/affine.js';
export { AveragePooling, type AveragePoolingOptions } from './layers/average-pooling.js';
export { BatchNormalization, type BatchNormalizationOptions } from './layers/batch-normalization.js';
export { Convolution, type ConvolutionOptions } from './layers/convolution.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { Embedding, type EmbeddingOptions } from './layers/embedding.js';
export { Gelu, type GeluOptions } from './layers/gelu.js';
export { GlobalAveragePooling, type GlobalAveragePoolingOptions } from './layers/global-average-pooling.js';
export { HuberWithLoss, type HuberWithLossOptions } from './layers/huber-with-loss.js';
export { IdentityWithLoss } from './layers/identity-with-loss.js';
export type { BackwardOptions, Layer, LayerState, LossLayer, RowWeights, Targets, Tensors } from './layers/layer.js';
export {
  type LayerBuilder,
  type LayerBuilders,
  type LayerContext,
  registerLayer,
} from './layers/layer-builder.js';
export { LayerNormalization, type LayerNormalizationOptions } from './layers/layer-normalization.js';
export * from './layers/layer-types.js';
export { LeakyRelu, type LeakyReluOptions } from './layers/leaky-relu.js';
export { MatMul } from './layers/mat-mul.js';
export { MaxPooling, type MaxPoolingOptions } from './layers/max-pooling.js';
export { Relu } from './layers/relu.js';
export { Rescaling, type RescalingOptions } from './layers/rescaling.js';
export { Sigmoid } from './layers/sigmoid.js';
export { SigmoidWithLoss, type SigmoidWithLossOptions } from './layers/sigmoid-with-loss.js';
export { SoftmaxWithLoss, type SoftmaxWithLossOptions } from './layers/softmax-with-loss.js';
export { Softplus } from './layers/softplus.js';
export { Standardization, type StandardizationOptions } from './layers/standardization.js';
export { Tanh } from './layers/tanh.js';
export { accuracy, type ClassesOptions, confusionMatrix } from './metrics/confusion-matrix.js';
export {
  type Average,
  type AverageOptions,
  f1Score,
  type PerClassOptions,
  precision,
  recall,
} from './metrics/precision-recall.js';
export { type ClassIndices, logLoss, rocAuc } from './metrics/probabilities.js';
export type { Classes } from './metrics/read-classes.js';
export { mae, r2Score, rmse } from './metrics/regression.js';
export type { BuildOptions } from './models/build.js';
export { DeepConvNet, type DeepConvNetOptions } from './models/deep-conv-net.js';
export type { NetworkDescription } from './models/description.js';
export type { FlatRows } from './models/flat-rows.js';
export type { LoadStateOptions } from './models/foreign-state.js';
export { type GradientCheckOptions, gradientCheck } from './models/gradient-check.js';
export type { ComparedElement, GradientCheckResult } from './models/gradient-check-result.js';
export { MultiLayerNet, type MultiLayerNetOptions, type Task } from './models/multi-layer-net.js';
export type { EvaluateOptions, Evaluation, Evaluator, MetricName, Network, SaveOptions } from './models/network.js';
export { type LoadOptions, Sequential } from './models/sequential.js';
export { SimpleConvNet, type SimpleConvNetOptions } from './models/simple-conv-net.js';
export { SimpleNet, type SimpleNetOptions } from './models/simple-net.js';
export type { StateDict } from './models/state.js';
export type { Summary, SummaryRow } from './models/summary.js';
export { TwoLayerNet, type TwoLayerNetOptions } from './models/two-layer-net.js';
export { AdaGrad, type AdaGradOptions } from './optim/ada-grad.js';
export { Adam, type AdamOptions, type EpsilonPlacement } from './optim/adam.js';
export { AdamW, type AdamWOptions } from './optim/adam-w.js';
export { clipGlobalNorm, clipValue } from './optim/clipping.js';
export { Momentum, type MomentumOptions } from './optim/momentum.js';
export type { OptimizerName } from './optim/named.js';
export { Nesterov, type NesterovOptions } from './optim/nesterov.js';
export type { Optimizer, OptimizerState } from './optim/optimizer.js';
export { RMSProp, type RMSPropOptions } from './optim/rms-prop.js';
export {
  type CosineOptions,
  cosine,
  type ExponentialDecayOptions,
  exponentialDecay,
  type Schedule,
  type StepDecayOptions,
  stepDecay,
  type WarmupOptions,
  warmup,
} from './optim/schedules.js';
export { SGD, type SGDOptions } from './optim/sgd.js';
export { Random } from './random.js';
export { type CrossValidateOptions, type CrossValidation, crossValidate } from './search/cross-validate.js';
export type { ModuleUrl, TrialContext } from './search/lanes.js';
export {
  type Drawn,
  type Halving,
  type RandomSearchOptions,
  randomSearch,
  SearchResult,
  type Space,
  type Trial,
} from './search/random-search.js';
export { choice, type Distribution, integers, logUniform, uniform } from './search/space.js';
export type {
  CategoryEncoding,
  ColumnEncoding,
  NumberEncoding,
} from './table/column-encoding.js';
export type { Imputation } from './table/column-statistics.js';
export type { Cell, ColumnKind, NumberColumn, Row, RowOf, TableColumn, WordColumn } from './table/columns.js';
export type { ColumnsOf, RowsOf, ValuesOf } from './table/from-values.js';
export type { FileUrl } from './table/model-arguments.js';
export type { TableModelSummary, TableModelSummaryParts } from './table/model-summary.js';
export type { PartialFitOptions, PartialFitResult } from './table/partial-fit.js';
export type { TableSource } from './table/parts.js';
export type { ColumnImportance } from './table/permutation-importance.js';
export type { TablePieceOptions } from './table/read-pieces.js';
export { Table, type TableSplit, type TableSplitOptions } from './table/table.js';
export type { ClassEvaluation, TableEvaluation, ValueEvaluation } from './table/table-evaluation.js';
export { type AnyTableModel, TableModel } from './table/table-model.js';
export type { TableFormat, TableOptions, TableReadOptions } from './table/table-options.js';
export type { ClassPrediction, Prediction } from './table/table-predictions.js';
export type { ColumnSummary, NumberSummary, TableSummary, WordSummary } from './table/table-summary.js';
export type { TableModelHistory, TableModelSettings } from './table/table-training.js';
export type { ClassTarget, TargetEncoding, ValueTarget } from './table/target-encoding.js';
export type { TableTask, TableTrainOptions } from './table/training-options.js';
export type { NestedArray } from './tensor/nested.js';
export type { CreateOptions, NormalOptions, ReduceOptions, UniformOptions } from './tensor/options.js';
export type { AxisRange } from './tensor/rearrange.js';
export type { ArrayOfShape, ImageShape, ShapeArgument } from './tensor/shape-types.js';
export { type Matrix, Tensor, type Vector } from './tensor/tensor.js';
export { tidy } from './tensor/tidy.js';
export type { NestedNumbers, TypedValues, Values } from './tensor/values.js';
export type { ClassWeights } from './trainer/class-weights.js';
export { EarlyStopping, type EarlyStoppingOptions } from './trainer/early-stopping.js';
export type { EpochRecord } from './trainer/epoch-record.js';
export type {
  AbortSignalLike,
  Callback,
  FitOptions,
  FitSyncOptions,
  Measured,
  StepEvent,
  Training,
} from './trainer/fit-options.js';
export type { History } from './trainer/history.js';
export { ModelCheckpoint, type ModelCheckpointOptions } from './trainer/model-checkpoint.js';
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from './trainer/reduce-on-plateau.js';
export type { ResumeOptions } from './trainer/resume-options.js';
export { type Extension, Trainer } from './trainer/trainer.js';
export type { EvaluateWhen, Sampling, TrainerOptions } from './trainer/trainer-options.js';
export type { Monitor } from './trainer/watch.js';
