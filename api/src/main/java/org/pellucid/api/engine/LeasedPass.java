package org.pellucid.api.engine;

import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.Tap;
import org.pellucid.graph.Tensor;

/** A pass of a companion, which keeps its model in the engine until it is closed. */
class LeasedPass<P extends ForwardPass> implements ForwardPass {
  private final P pass;
  private final Companions.Lease lease;

  LeasedPass(P pass, Companions.Lease lease) {
    this.pass = pass;
    this.lease = lease;
  }

  /** The pass itself. */
  final P pass() {
    return pass;
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
    // It is closed before this one.
    return pass.resume(from, activations);
  }

  @Override
  public void close() {
    try {
      pass.close();
    } finally {
      lease.close();
    }
  }
}
