package org.pellucid.api.engine;

import java.util.Map;
import java.util.Set;
import org.pellucid.api.HeldLayer;
import org.pellucid.api.NoisyPass;
import org.pellucid.api.Tap;
import org.pellucid.graph.Tensor;

/** A pass whose layers may stay in the engine beyond it. */
interface HoldingPass extends NoisyPass {
  /** As {@link org.pellucid.api.NoisyRuns#hold}. */
  Map<Tap, HeldLayer> hold(Map<Tap, Tensor> seeds, Set<Tap> taps);
}
