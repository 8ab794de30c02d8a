package org.pellucid.backend.djl;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import org.pellucid.graph.op.Conv;

/** Convolution. */
final class ConvolutionLowerings {
  private ConvolutionLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        Conv.class,
        new Lowering<>() {
          @Override
          public PtNDArray run(Conv conv, Call call) {
            if (conv.padsBegin().equals(conv.padsEnd())) {
              return convolve(conv, call, call.input(0), Spatial.shape(conv.padsBegin()));
            }
            // PyTorch pads both ends alike.
            try (PtNDArray padded =
                JniUtils.pad(call.input(0), Spatial.padding(conv.padsBegin(), conv.padsEnd()), 0)) {
              return convolve(conv, call, padded, new Shape(new long[conv.strides().size()]));
            }
          }

          @Override
          public Optional<String> refusal(Conv conv) {
            return Spatial.refusal(conv.strides().size());
          }
        });
  }

  private static PtNDArray convolve(Conv conv, Call call, PtNDArray x, Shape padding) {
    return JniUtils.convolution(
        x,
        call.input(1),
        call.optional(2),
        Spatial.shape(conv.strides()),
        padding,
        Spatial.shape(conv.dilations()),
        conv.groups());
  }
}
