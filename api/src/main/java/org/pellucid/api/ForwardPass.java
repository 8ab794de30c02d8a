package org.pellucid.api;

import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Tensor;

/**
 * One run of a network on a batch, from which gradients can be taken any number of times. To be
 * used by one thread at a time (any thread) and closed by who asked for it; closing it twice is
 * safe. Results are in Java memory, in the run's precision (FLOAT32 or FLOAT64), and stay valid
 * after closing. The first axis of every result that depends on the inputs stacks the samples as
 * the graph does.
 *
 * @since 0.1.0
 */
public interface ForwardPass extends AutoCloseable {
  /** The number of samples. */
  int samples();

  /** The graph's outputs by name; integer outputs as INT64. */
  Map<String, Tensor> outputs();

  /**
   * The activations at a tap, in the tensor's own shape.
   *
   * @throws InvalidRequestException if the tap was not asked for in the forward pass
   */
  Tensor activation(Tap tap);

  /**
   * Vector-Jacobian products: the gradient, at each of the given taps, of the sum over all seeds of
   * seed times tensor. Samples do not mix, so one call serves a batch with a seed per sample. Only
   * the part of the network between the taps and the seeds is differentiated.
   *
   * @param seeds by output (as a tap of its name) or tap of the forward pass: the derivative of the
   *     scalar with respect to that tensor, in its shape; a seed at a tap that is asked for is part
   *     of that tap's gradient
   * @param at taps of the forward pass
   * @return for each tap in {@code at} the gradient in the tap's shape; zeros where no seed depends
   *     on it
   * @throws InvalidRequestException if a tap was not asked for in the forward pass, or a seed has
   *     another shape or stands at a tensor that is not floating
   */
  Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at);

  /**
   * Runs the rest of the network with a tap's activations replaced. Tensors that bypass the tap
   * (residual branches) come from this pass; when it has one sample, they are broadcast over the
   * resumed batch.
   *
   * @param from a tap of the forward pass
   * @param activations in the tap's shape, but for the number of samples: the same as this pass's,
   *     or any when this pass has one sample and the model batches
   * @return a pass whose outputs can be read and whose taps downstream of {@code from} (and {@code
   *     from} itself) can be used as in any pass; must be closed before this one
   */
  ForwardPass resume(Tap from, Tensor activations);

  /** Frees what the engine holds for this pass. */
  @Override
  void close();
}
