package org.pellucid.api;

import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * The questions an explainer may ask, about one model, one image and one target (resolved on the
 * clean image). Equal questions are answered once. Work is cut into batches that fit the memory
 * budget. Long calls report progress and end with a {@link CancelledException} when their thread is
 * interrupted. To be used by one thread at a time.
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

  /** Height and width of the explained input in pixels. */
  Shape inputSpace();

  /** The target, resolved. */
  Target target();

  /** The clean image's scores (logits where the model has them), float64 [K]. */
  Tensor scores();

  /** Activations and gradients of the clean image at a layer, or at the explained input. */
  LayerCapture capture(Tap tap);

  /** The gradient of the target at the clean input, float64 in the input's shape. */
  Tensor inputGradient();

  /** Averages of the powers of the gradient at a layer, or at the input, over noisy copies. */
  GradientMoments moments(Tap tap, Noise noise, ScoreScale score);

  /** Noisy copies of the clean input. */
  Inputs noisy(Noise noise);

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
