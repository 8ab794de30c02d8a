package org.pellucid.it;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.ForwardingPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/** Counts the images and layers that a model and its companions run. */
final class CountingModel extends ForwardingModel {
  private final Tally tally;

  /** What was run: images forward and backward, and layers to the scores. */
  record Counts(int forward, int backward, int resumed) {
    Counts less(Counts before) {
      return new Counts(
          forward - before.forward, backward - before.backward, resumed - before.resumed);
    }

    /** As cells of a table. */
    @Override
    public String toString() {
      return forward + " | " + backward + " | " + (resumed == 0 ? "" : resumed) + " |";
    }
  }

  private static final class Tally {
    private int forward;
    private int backward;
    private int resumed;
  }

  CountingModel(LoadedModel model) {
    this(model, new Tally());
  }

  private CountingModel(LoadedModel model, Tally tally) {
    super(model);
    this.tally = tally;
  }

  Counts counts() {
    return new Counts(tally.forward, tally.backward, tally.resumed);
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
    return new CountingModel(super.companion(key, other, network), tally);
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    ForwardPass pass = super.forward(inputs, taps);
    tally.forward += pass.samples();
    return new CountingPass(pass, tally);
  }

  private static final class CountingPass extends ForwardingPass {
    private final Tally tally;

    CountingPass(ForwardPass pass, Tally tally) {
      super(pass);
      this.tally = tally;
    }

    @Override
    public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
      tally.backward += samples();
      return super.backward(seeds, at);
    }

    @Override
    public ForwardPass resume(Tap from, Tensor activations) {
      ForwardPass resumed = super.resume(from, activations);
      tally.resumed += resumed.samples();
      return new CountingPass(resumed, tally);
    }
  }
}
