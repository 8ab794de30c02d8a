/**
 * The vocabulary: one record per operation. Tensors of images are {@code [N, C, spatial...]} for
 * the operations that know channels (Conv, pooling, BatchNormalization, Lrn). Attributes are
 * complete: automatic padding, negative axes and defaults are resolved before a record is made.
 */
package org.pellucid.graph.op;
