package org.pellucid.core.compare;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.ForwardingPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;

/** The plain backend, which counts the samples that it runs. */
public final class CountingBackend implements GradientBackend {
  static final AtomicInteger FORWARD = new AtomicInteger();
  static final AtomicInteger BACKWARD = new AtomicInteger();

  private final GradientBackend plain = new RoundingBackend.Plain();

  @Override
  public String id() {
    return "counting";
  }

  @Override
  public Availability availability() {
    return plain.availability();
  }

  @Override
  public List<Device> devices() {
    return plain.devices();
  }

  @Override
  public Set<Precision> precisions() {
    return plain.precisions();
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return Optional.empty();
  }

  @Override
  public LoadedModel load(ModelGraph graph, LoadOptions options) {
    LoadedModel model = plain.load(graph, options);
    return new ForwardingModel(model) {
      @Override
      public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
        ForwardPass pass = super.forward(inputs, taps);
        FORWARD.addAndGet(pass.samples());
        return counting(pass);
      }
    };
  }

  private static ForwardPass counting(ForwardPass pass) {
    return new ForwardingPass(pass) {
      @Override
      public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
        BACKWARD.addAndGet(samples());
        return super.backward(seeds, at);
      }
    };
  }
}
