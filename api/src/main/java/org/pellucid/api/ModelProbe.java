package org.pellucid.api;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.GradientRules;

/**
 * The questions an explainer may ask, about one model, one image and one target (resolved on the
 * clean image). Equal questions are answered once. Work is cut into batches that fit the memory
 * budget. Long calls report progress and end with a {@link CancelledException} when their thread is
 * interrupted. To be used by one thread at a time.
 *
 * @since 0.1.0
 */
public interface ModelProbe {
  /** The network, with its constants under their original names. */
  ModelGraph graph();

  /** The explained input of the clean image, one sample in the model's shape and layout. */
  Tensor input();

  /** The explained input as a tap: {@link #capture} of it gives the input and dS/dx. */
  Tap inputTap();

  /**
   * The clean explained input, channels first whatever the model's layout: {@code [C, h, w]} (or
   * {@code [C, spatial...]}), float64.
   */
  Tensor inputMaps();

  /**
   * Variants of the explained input, as the model takes them.
   *
   * @param maps each as {@link #inputMaps}; several threads may ask for them at once
   */
  Inputs variants(Inputs maps);

  /** The lengths of the explained input's axes: height and width of an image in pixels. */
  Shape inputSpace();

  /** The target, resolved. */
  Target target();

  /** The clean image's scores (logits where the model has them), float64 [K]. */
  Tensor scores();

  /** Activations and gradients of the clean image at a layer, or at the explained input. */
  LayerCapture capture(Tap tap);

  /**
   * Activations of the clean image at a layer, for a method that needs no gradients there: none are
   * computed unless they are known to be needed anyway.
   */
  LayerActivations activations(Tap tap);

  /** The shape of a layer's feature maps, K and the spatial lengths. */
  default Shape shape(Tap tap) {
    return capture(tap).shape();
  }

  /**
   * As {@link #capture}, for formulas over averages ({@link AveragedGradients#evaluate}): where an
   * engine computes those, the layer stays there, and comes to Java memory when something reads it.
   * To be used while the model is open, and by the thread that uses the probe.
   */
  default LayerCapture layer(Tap tap) {
    return capture(tap);
  }

  /**
   * Tells at which layers {@link #capture} will be asked for next: one pass may then serve them
   * all. It changes no answer.
   */
  default void expect(Set<Tap> taps) {}

  /** The gradient of the target at the clean input, float64 in the input's shape. */
  Tensor inputGradient();

  /**
   * Gradients of the target, for the clean image, at any tensors of {@link #graph} that depend on
   * an input, feature maps or not: each in the tensor's own shape, for one sample.
   */
  Map<Tap, Tensor> gradients(Set<Tap> taps);

  /**
   * The product of the target's second derivatives at a layer (the Hessian with respect to A, for
   * the clean image) with a vector.
   *
   * @param vector {@code [K, h, w]}, row-major, as in {@link LayerCapture}
   * @return the same
   */
  double[] hessianVector(Tap tap, double[] vector);

  /**
   * The same questions about another target.
   *
   * @param other resolved here by the scores of the clean image
   */
  ModelProbe with(Target other);

  /**
   * The same questions about another target, which depends on this one: what the image runs for it
   * serves the others of the image too.
   *
   * @param derivation what tells it from other ways to derive a target: equal ones derive the same
   * @param other for the probe of a target, the other one, resolved by the scores of the clean
   *     image; empty where there is none
   * @throws IllegalArgumentException if there is none for this target
   */
  default ModelProbe with(Object derivation, Function<ModelProbe, Optional<Target>> other) {
    return with(other.apply(this).orElseThrow(IllegalArgumentException::new));
  }

  /** The tensor that scores are read from, as a tap. */
  Tap scoresTap();

  /**
   * Gradients of the target, for the clean image, in a network that was made of this one, as it
   * reads several tensors in place of the scores: one forward pass serves them all.
   *
   * @param key what the network is made for; equal keys have equal networks
   * @param network makes it; it has the inputs of this one
   * @param at by what is read, of the scores' shape, the tensors at which gradients are taken
   * @return the same with the gradients, each in the tensor's own shape, for one sample
   */
  Map<Tap, Map<Tap, Tensor>> gradients(
      Object key, Supplier<ModelGraph> network, Map<Tap, Set<Tap>> at);

  /**
   * The same questions about the same target, with gradients by other rules.
   *
   * @throws org.pellucid.graph.UnsupportedModelException if the engine cannot run the network so
   */
  ModelProbe with(GradientRules rules);

  /** Averages of the powers of the gradient at a layer, or at the input, over noisy copies. */
  GradientMoments moments(Tap tap, Noise noise, ScoreScale score);

  /**
   * As {@link #moments(Tap, Noise, ScoreScale)}, of the first of the noisy copies, as many as
   * suffice. That is asked at the numbers of copies of {@link SampleSteps} alone, whatever runs at
   * once: equal questions have equal answers, but for rounding at the edge of sufficing.
   *
   * @param noise how many copies at most, and which
   * @param condition what tells this condition from others: equal ones suffice alike, and the
   *     copies run once for all targets of the image, each of which has as many as it needs
   * @param enough for the probe of a target, whether what was found so far suffices; not asked when
   *     there are no more copies
   */
  default GradientMoments moments(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<GradientMoments>> enough) {
    return gathered(
            noisy(noise),
            Set.of(tap),
            condition,
            asked -> new GatheredMoments(tap, noise.samples(), score, enough.apply(asked)))
        .moments();
  }

  /**
   * Makes something of the averages that {@link #moments(Tap, Noise, ScoreScale)} gives, where they
   * are: an engine that keeps them may compute formulas of them, so that only the results come to
   * Java memory.
   *
   * @param use makes it, not null; not to ask this probe for averages meanwhile
   */
  default <R> R averages(
      Tap tap, Noise noise, ScoreScale score, Function<AveragedGradients, R> use) {
    return use.apply(moments(tap, noise, score));
  }

  /**
   * The same of the first of the noisy copies, as many as suffice; see {@link #moments(Tap, Noise,
   * ScoreScale, Object, Function)}.
   *
   * @param enough for the probe of a target, whether what was found so far suffices
   * @param use makes something of what was found in the end, not null; not to ask this probe for
   *     averages meanwhile
   */
  default <R> R averages(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<AveragedGradients>> enough,
      Function<AveragedGradients, R> use) {
    return use.apply(moments(tap, noise, score, condition, asked -> enough.apply(asked)::test));
  }

  /**
   * What is gathered of variants of the input. Where the variants are known by what they are
   * ({@link Inputs#identity}), they run forward once for all targets of the image, as far as memory
   * allows, and equal questions are answered once.
   *
   * @param taps layers, or the input
   * @param question what tells this gathering from others of the same variants and taps: equal
   *     questions gather the same
   * @param make makes a gathering of nothing yet, for the probe of a target
   */
  default <G extends Gathering> G gathered(
      Inputs variants, Set<Tap> taps, Object question, Function<ModelProbe, G> make) {
    G gathering = make.apply(this);
    SampleSteps.run(
        variants.count(),
        (from, to) ->
            captures(variants.part(from, to), taps, (index, captures) -> gathering.add(captures)),
        () -> gathering.mayStop() && gathering.suffices());
    return gathering;
  }

  /** Noisy copies of the clean input. */
  Inputs noisy(Noise noise);

  /** The same copies, each as {@link #inputMaps}. */
  Inputs noisyMaps(Noise noise);

  /** Activations and gradients of any inputs, sample by sample in order. */
  void captures(Inputs inputs, Set<Tap> taps, CaptureConsumer consumer);

  /** The target's scalar for each of any inputs. */
  double[] scoresOf(Inputs inputs);

  /**
   * The target's scalar when a layer's activations of the clean image are replaced.
   *
   * @param activations variants of the layer, each {@code [K, h, w]} as in {@link LayerCapture}
   */
  double[] scoresFrom(Tap tap, Inputs activations);
}
