package org.pellucid.onnx;

import java.util.HashMap;
import java.util.Map;

/** Why operators are not translated, where there is more to say than that they are not. */
final class UnsupportedOperators {
  private static final String MICROSOFT =
      "; the model from before its optimisation by ONNX Runtime is supported, and so is one that"
          + " its quantiser has written in the format QDQ (QuantFormat.QDQ)";

  private static final Map<String, String> REASONS = reasons();

  private UnsupportedOperators() {}

  /** The reason as the end of a sentence, empty if there is none in particular. */
  static String reason(OnnxNode node) {
    return node.inDefaultDomain()
        ? REASONS.getOrDefault(node.operator(), "")
        : "it is of domain "
            + node.domain()
            + ", not of ONNX itself"
            + (node.domain().equals("com.microsoft") ? MICROSOFT : "");
  }

  private static Map<String, String> reasons() {
    Map<String, String> reasons = new HashMap<>();
    put(
        reasons,
        "it repeats a graph; a model whose loops the exporter has unrolled is supported",
        "Loop",
        "Scan");
    put(
        reasons,
        "it handles sequences of tensors; single tensors are supported",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SequenceMap",
        "SplitToSequence",
        "ConcatFromSequence");
    put(
        reasons,
        "it handles optional values; tensors are supported",
        "Optional",
        "OptionalGetElement",
        "OptionalHasElement");
    put(
        reasons,
        "the length of its result depends on the data; the part of the model before it can be"
            + " saved as a model of its own",
        "NonMaxSuppression",
        "Unique",
        "Compress");
    put(
        reasons,
        "it handles text; numbers are supported",
        "StringConcat",
        "StringNormalizer",
        "StringSplit",
        "RegexFullMatch",
        "TfIdfVectorizer");
    put(
        reasons,
        "it draws random numbers, and an explanation needs answers that can be repeated",
        "Bernoulli",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike");
    put(
        reasons,
        "recurrent networks are not supported",
        "LSTM",
        "GRU",
        "RNN",
        "ReverseSequence",
        "CausalConvWithState",
        "LinearAttention",
        "TensorScatter");
    put(
        reasons,
        "it is the loss of a training; the model without it is supported",
        "NegativeLogLikelihoodLoss",
        "SoftmaxCrossEntropyLoss");
    put(
        reasons,
        "it prepares sound; what is explained begins behind it",
        "STFT",
        "MelWeightMatrix",
        "BlackmanWindow",
        "HammingWindow",
        "HannWindow");
    put(reasons, "it decodes an image's file; a model of its pixels is supported", "ImageDecoder");
    put(reasons, "determinants are not supported", "Det");
    put(reasons, "it reads the bits of numbers, which are widened when a model is read", "BitCast");
    return reasons;
  }

  private static void put(Map<String, String> reasons, String reason, String... operators) {
    for (String operator : operators) {
      reasons.put(operator, reason);
    }
  }
}
