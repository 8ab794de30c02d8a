package org.pellucid.api;

import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Tensor;

/**
 * A pass that hands what it is asked on to another, for those that watch or change some of it.
 *
 * @since 0.1.0
 */
public abstract class ForwardingPass implements ForwardPass {
  private final ForwardPass pass;

  /** Hands on to a pass. */
  protected ForwardingPass(ForwardPass pass) {
    this.pass = pass;
  }

  @Override
  public int samples() {
    return pass.samples();
  }

  @Override
  public Map<String, Tensor> outputs() {
    return pass.outputs();
  }

  @Override
  public Tensor activation(Tap tap) {
    return pass.activation(tap);
  }

  @Override
  public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
    return pass.backward(seeds, at);
  }

  @Override
  public ForwardPass resume(Tap from, Tensor activations) {
    return pass.resume(from, activations);
  }

  @Override
  public void close() {
    pass.close();
  }
}
