package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;

/** A model as a probe asks it: what is explained of it, where scores and feature maps are. */
final class ProbedModel {
  private final LoadedModel model;
  private final Batching batching;
  private final Layouts layouts;
  private final ExplainedInput explained;
  private final InputStacks stacks;
  private final Tap scoresTap;
  private final SampleAxis scoresAxis;
  private final ElementType elementType;

  /**
   * The model of a probe.
   *
   * @throws InvalidRequestException if it runs several images alone
   */
  ProbedModel(ProbeBuilder builder) {
    model = builder.model;
    batching = model.batching();
    layouts = model.layouts();
    Map<String, Tensor> clean = new LinkedHashMap<>(builder.inputs);
    scoresTap = new Tap(builder.scores);
    scoresAxis = new SampleAxis(batching.axis(builder.scores));
    elementType =
        model.options().precision() == Precision.FLOAT64
            ? ElementType.FLOAT64
            : ElementType.FLOAT32;
    explained =
        new ExplainedInput(
            builder.explained,
            model.graph().inputs().get(builder.explained),
            clean.get(builder.explained),
            layouts.of(builder.explained),
            elementType);
    stacks = new InputStacks(model.graph().inputs(), clean, explained, elementType);
    if (batching.obstacle().isPresent() && batching.samples() != 1) {
      throw new InvalidRequestException(
          "One image is explained; the model was written for batches of "
              + batching.samples()
              + " and cannot run another number: "
              + batching.obstacle().get()
              + ". Export it for one image");
    }
  }

  /** The model that runs. */
  LoadedModel model() {
    return model;
  }

  /** How it takes several samples. */
  Batching batching() {
    return batching;
  }

  /** The explained input. */
  ExplainedInput explained() {
    return explained;
  }

  /** Its inputs for several samples. */
  InputStacks stacks() {
    return stacks;
  }

  /** The tensor of scores. */
  Tap scoresTap() {
    return scoresTap;
  }

  /** Runs a network forward, with the question that will be asked of the pass. */
  static ForwardPass forward(
      LoadedModel network,
      Map<String, Tensor> inputs,
      Set<Tap> taps,
      Optional<Expectation> expected) {
    return expected.isPresent()
        ? network.forward(inputs, taps, expected.get())
        : network.forward(inputs, taps);
  }

  /** What floating inputs and seeds are given in. */
  ElementType elementType() {
    return elementType;
  }

  /** The clean explained input as the only variant. */
  Inputs clean() {
    return new Inputs() {
      @Override
      public int count() {
        return 1;
      }

      @Override
      public Tensor get(int index) {
        return explained.clean();
      }
    };
  }

  /** A sample's scores. */
  double[] scores(Tensor scores, int samples, int sample) {
    return scoresAxis.ofSample(scores, samples, sample);
  }

  /** The scores of each sample. */
  List<double[]> scores(Tensor scores, int samples) {
    List<double[]> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      all.add(scores(scores, samples, i));
    }
    return all;
  }

  /** The derivative of a target by the scores of all samples. */
  Tensor seed(Target target, List<double[]> samples, Tensor scores) {
    double[] seeds = new double[scores.size()];
    for (int i = 0; i < samples.size(); i++) {
      double[] seed = target.seed(samples.get(i));
      scoresAxis.place(seed, seeds, scores.shape(), samples.size(), i);
    }
    return Tensor.of(scores.shape(), seeds).cast(scores.elementType());
  }

  /** What is given of scores, as the derivative by the tensor of scores of one sample. */
  Tensor seed(double[] ofScores, Shape shape) {
    double[] seeds = new double[Math.toIntExact(shape.size())];
    scoresAxis.place(ofScores, seeds, shape, 1, 0);
    return Tensor.of(shape, seeds).cast(elementType);
  }

  /** The question that will be asked of a pass, where there is one and its seed is known before. */
  Optional<Expectation> expectation(List<Target> targets, Set<Tap> taps, int count) {
    // What runs along with one question would have to run again for the next.
    if (taps.isEmpty() || targets.size() != 1) {
      return Optional.empty();
    }
    Target target = targets.get(0);
    // Of several samples, the first one's top class may be meant.
    if (count == 1 && target instanceof TopTarget top && top.rank() == 0) {
      return Optional.of(Expectation.top(scoresTap, taps));
    }
    return constantSeed(target, count).map(seed -> Expectation.of(scoresTap, seed, taps));
  }

  /** The derivative of a target by the scores of all samples, where it is the same for any. */
  Optional<Tensor> constantSeed(Target target, int count) {
    TensorType type = model.graph().type(scoresTap.tensor());
    int size = Math.toIntExact(type.shape().size() / batching.samples());
    return target
        .constantSeed(size)
        .map(
            seed -> {
              Shape shape =
                  count == batching.samples()
                      ? type.shape()
                      : batching.shape(scoresTap.tensor(), count);
              double[] seeds = new double[size * count];
              for (int i = 0; i < count; i++) {
                scoresAxis.place(seed, seeds, shape, count, i);
              }
              return Tensor.of(shape, seeds).cast(elementType);
            });
  }

  /**
   * The axes of what is looked at as feature maps.
   *
   * @throws InvalidRequestException if it holds none
   */
  FeatureMapAxes requireMaps(Tap tap) {
    return tap.tensor().equals(explained.name())
        ? explained.axes().orElseThrow(explained::withoutChannels)
        : featureMaps(tap);
  }

  /** The shape of a tensor for the number of samples that the model was written for. */
  Shape shape(Tap tap) {
    return model.graph().type(tap.tensor()).shape();
  }

  /** The same for one sample. */
  Shape shapeOfOne(Tap tap) {
    return batching.samples() == 1 ? shape(tap) : batching.shape(tap.tensor(), 1);
  }

  /** The axes of a layer of feature maps. */
  FeatureMapAxes featureMaps(Tap tap) {
    ModelGraph graph = model.graph();
    if (!graph.has(tap.tensor())) {
      throw new InvalidRequestException(
          "The model has no tensor called \"" + tap.tensor() + "\" to look at");
    }
    TensorType type = graph.type(tap.tensor());
    FeatureMapAxes axes = layouts.of(tap.tensor()).orElse(null);
    if (axes == null
        || FeatureMaps.of(type.shape(), axes).shape().size() * batching.samples()
            != type.shape().size()) {
      throw new InvalidRequestException(
          "The layer \""
              + tap.tensor()
              + "\" holds no feature maps, as far as its "
              + type
              + " can be traced to rows and columns of the image; choose one that is still"
              + " spatial");
    }
    return axes;
  }

  /** The elements of one sample of a tensor; none where there is no such tensor. */
  long elements(Tap tap) {
    return model.graph().has(tap.tensor())
        ? model.graph().type(tap.tensor()).shape().size() / batching.samples()
        : 0;
  }
}
