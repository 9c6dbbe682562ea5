/** What the contract in backend.ts promises, as tests of a backend. */

import type { Backend } from '../../src/backend/backend.js';
import { activationsConformance } from './activations.js';
import { arithmeticConformance } from './arithmetic.js';
import { convolutionConformance } from './convolution.js';
import { convolutionFigures } from './convolution-figures.js';
import { edgesConformance } from './edges.js';
import { errorsConformance } from './errors.js';
import { fewRowsConformance } from './few-rows.js';
import { gemmConformance } from './gemm.js';
import { hostileConformance } from './hostile.js';
import { layerNormalizationConformance } from './layer-normalization.js';
import { lossesConformance } from './losses.js';
import { normalizationConformance } from './normalization.js';
import { otherLossesConformance } from './other-losses.js';
import { panelGemmConformance } from './panel-gemm.js';
import { pooledConvolutionConformance } from './pooled-convolution.js';
import { pooledConvolutionSizes } from './pooled-convolution-sizes.js';
import { poolingConformance } from './pooling.js';
import { propertiesConformance } from './properties.js';
import { rowsAndVectorsConformance } from './rows-and-vectors.js';
import { smoothActivationsConformance } from './smooth-activations.js';
import { sparseGemmConformance } from './sparse-gemm.js';
import { thinGemmConformance } from './thin-gemm.js';
import { updatesConformance } from './updates.js';

/** Sums of products. */
export function productsConformance(backend: Backend): void {
  gemmConformance(backend);
  fewRowsConformance(backend);
  thinGemmConformance(backend);
  panelGemmConformance(backend);
  sparseGemmConformance(backend);
  convolutionConformance(backend);
  convolutionFigures(backend);
  pooledConvolutionConformance(backend);
  pooledConvolutionSizes(backend);
}

/** Everything. */
export function conformance(backend: Backend): void {
  productsConformance(backend);
  activationsConformance(backend);
  arithmeticConformance(backend);
  smoothActivationsConformance(backend);
  lossesConformance(backend);
  otherLossesConformance(backend);
  rowsAndVectorsConformance(backend);
  normalizationConformance(backend);
  layerNormalizationConformance(backend);
  updatesConformance(backend);
  poolingConformance(backend);
  errorsConformance(backend);
  hostileConformance(backend);
  edgesConformance(backend);
  propertiesConformance(backend);
}
