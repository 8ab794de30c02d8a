package org.pellucid.api.engine;

import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingPass;

/** A pass of a companion, which keeps its model in the engine until it is closed. */
class LeasedPass<P extends ForwardPass> extends ForwardingPass {
  private final P pass;
  private final Companions.Lease lease;

  LeasedPass(P pass, Companions.Lease lease) {
    super(pass);
    this.pass = pass;
    this.lease = lease;
  }

  /** The pass itself. */
  final P pass() {
    return pass;
  }

  // What is resumed is closed before this one.

  @Override
  public void close() {
    try {
      super.close();
    } finally {
      lease.close();
    }
  }
}
