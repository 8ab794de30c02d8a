package org.pellucid.it;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;

/** Counts the images and layers that a model and its companions run. */
final class CountingModel implements LoadedModel {
  private final LoadedModel model;
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
    this.model = model;
    this.tally = tally;
  }

  Counts counts() {
    return new Counts(tally.forward, tally.backward, tally.resumed);
  }

  @Override
  public ModelGraph graph() {
    return model.graph();
  }

  @Override
  public Batching batching() {
    return model.batching();
  }

  @Override
  public LoadOptions options() {
    return model.options();
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
    return new CountingModel(model.companion(key, other, network), tally);
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    ForwardPass pass = model.forward(inputs, taps);
    tally.forward += pass.samples();
    return new CountingPass(pass, tally);
  }

  @Override
  public void close() {
    model.close();
  }

  private record CountingPass(ForwardPass pass, Tally tally) implements ForwardPass {
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
      tally.backward += pass.samples();
      return pass.backward(seeds, at);
    }

    @Override
    public ForwardPass resume(Tap from, Tensor activations) {
      ForwardPass resumed = pass.resume(from, activations);
      tally.resumed += resumed.samples();
      return new CountingPass(resumed, tally);
    }

    @Override
    public void close() {
      pass.close();
    }
  }
}
