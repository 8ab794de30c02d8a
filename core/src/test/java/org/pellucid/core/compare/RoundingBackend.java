package org.pellucid.core.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ConvTranspose;

/**
 * An engine in float32: the reference evaluation of each node, rounded. Its kinds go wrong in one
 * way each.
 */
public abstract class RoundingBackend extends GraphBackend {
  private final String id;

  RoundingBackend(String id) {
    this.id = id;
  }

  /** Changes what a node has made; the elements may be written to. */
  void touch(Node node, double[] elements) {}

  /** Nothing wrong. */
  public static final class Plain extends RoundingBackend {
    public Plain() {
      super("plain");
    }
  }

  /** Moves the planted unit by rounding, so that it stands on the other side of its ReLU. */
  public static final class Nudged extends RoundingBackend {
    public Nudged() {
      super("nudged");
    }

    @Override
    void touch(Node node, double[] elements) {
      PlantedNetwork.nudge(node, elements, 1e-6);
    }
  }

  /** Moves it by more than rounding. */
  public static final class Pushed extends RoundingBackend {
    public Pushed() {
      super("pushed");
    }

    @Override
    void touch(Node node, double[] elements) {
      PlantedNetwork.nudge(node, elements, 5e-5);
    }
  }

  /** Has a wrong gradient of convolution. */
  public static final class Wrong extends RoundingBackend {
    public Wrong() {
      super("wrong");
    }

    @Override
    void touch(Node node, double[] elements) {
      spoil(node, elements);
    }
  }

  /** Rounds the layer more than it must, in the cells that the planted unit does not see. */
  public static final class Loose extends RoundingBackend {
    public Loose() {
      super("loose");
    }

    @Override
    void touch(Node node, double[] elements) {
      for (int i = 0; node.output().equals(PlantedNetwork.LAYER) && i < elements.length; i++) {
        boolean lastRowOrColumn = i % 16 / 4 == 3 || i % 4 == 3;
        elements[i] *= lastRowOrColumn ? 1 + 1.2e-5 : 1;
      }
    }
  }

  /** Both at once. */
  public static final class NudgedAndWrong extends RoundingBackend {
    public NudgedAndWrong() {
      super("nudged-and-wrong");
    }

    @Override
    void touch(Node node, double[] elements) {
      PlantedNetwork.nudge(node, elements, 1e-6);
      spoil(node, elements);
    }
  }

  /** Has scores of its own: another class is on top. */
  public static final class OtherScores extends RoundingBackend {
    public OtherScores() {
      super("other-scores");
    }

    @Override
    void touch(Node node, double[] elements) {
      if (node.output().equals("scores")) {
        elements[2] += 1000;
      }
    }
  }

  private static void spoil(Node node, double[] elements) {
    if (node.operation() instanceof ConvTranspose) {
      elements[5] += 0.01 * MapAgreement.largest(elements);
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Availability availability() {
    return Availability.yes("for tests");
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FLOAT32);
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return Optional.empty();
  }

  private record Held(Tensor toTensor) implements Value {
    @Override
    public void close() {}
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new Engine() {
      @Override
      public Executable compile(ModelGraph part) {
        return new Executable() {
          @Override
          public Map<String, Value> run(Map<String, Value> inputs) {
            return evaluate(part, inputs);
          }

          @Override
          public void close() {}
        };
      }

      @Override
      public Value value(Tensor tensor) {
        return new Held(tensor);
      }

      @Override
      public void close() {}
    };
  }

  private Map<String, Value> evaluate(ModelGraph part, Map<String, Value> inputs) {
    Map<String, Tensor> values = new HashMap<>(part.constants());
    inputs.forEach((name, value) -> values.put(name, value.toTensor()));
    for (Node node : part.nodes()) {
      List<Tensor> arguments = new ArrayList<>();
      node.inputs().forEach(name -> arguments.add(values.get(name)));
      Tensor made = node.operation().evaluate(arguments);
      if (made.elementType().isFloating()) {
        double[] elements = made.toDoubleArray();
        touch(node, elements);
        made = Tensor.of(made.shape(), elements).cast(ElementType.FLOAT32);
      }
      values.put(node.output(), made);
    }
    Map<String, Value> found = new HashMap<>();
    part.outputs().forEach(name -> found.put(name, new Held(values.get(name))));
    return found;
  }
}
