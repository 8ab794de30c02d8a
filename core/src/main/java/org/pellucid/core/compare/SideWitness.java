package org.pellucid.core.compare;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.CancelledException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.Passes;

/**
 * Stands before a float32 model and answers with the gradients of double precision on the sides
 * that the model itself took; on the way it checks, sample by sample, what {@link Settlement} lists
 * of values, gradients and sides. To be used by one thread.
 */
final class SideWitness extends ForwardingModel {
  /**
   * How far rounding moves a value, as a part of the largest of its tensor: 256 roundings of
   * float32.
   */
  static final double ROUNDING = 0x1p-16;

  private final LoadedModel model;
  private final LoadedModel precise;
  private final String scores;
  private final double tolerance;
  private final Map<Set<Tap>, Plan> plans = new HashMap<>();
  private final Set<String> operations = new LinkedHashSet<>();
  private final Set<String> objections = new LinkedHashSet<>();
  private long switched;
  private long samples;
  private double worst;

  /**
   * A witness.
   *
   * @param model in float32
   * @param precise the same network in float64
   * @param scores the tensor of the scores
   * @param tolerance of values and gradients, as parts of the largest
   */
  SideWitness(LoadedModel model, LoadedModel precise, String scores, double tolerance) {
    super(model);
    this.model = model;
    this.precise = precise;
    this.scores = scores;
    this.tolerance = tolerance;
  }

  /** What is wrong, or cannot be shown to be right; empty where everything was shown. */
  Set<String> objections() {
    return objections;
  }

  /** The nodes at which units switched sides. */
  Set<String> operations() {
    return operations;
  }

  /** How many units stood on other sides than in double precision. */
  long switched() {
    return switched;
  }

  /** The largest difference of a value or a gradient from double precision, as a part. */
  double worst() {
    return worst;
  }

  /** How many images, noisy copies included, were looked at. */
  long samples() {
    return samples;
  }

  /**
   * What has to be seen of a pass for gradients at some layers.
   *
   * @param kinks the piecewise operations behind the layers
   * @param decisive the tensors that decide the sides
   * @param seen all tensors of the network that the way back is computed from
   * @param seed the input of the way back that takes the seed
   * @param gradients per layer the output that holds its gradient; none where that is zero
   * @param back the way back, in double precision
   */
  private record Plan(
      List<Node> kinks,
      Set<Tap> decisive,
      Set<Tap> seen,
      String seed,
      Map<String, String> gradients,
      ModelGraph back) {}

  private Plan plan(Set<Tap> layers) {
    ModelGraph graph = model.graph();
    Set<String> at = new LinkedHashSet<>();
    layers.forEach(layer -> at.add(layer.tensor()));
    Differentiation differentiation = Differentiation.of(graph, Set.of(scores), at);
    List<Node> kinks = Kinks.between(graph, at, scores);
    Set<Tap> decisive = new LinkedHashSet<>();
    for (Node node : kinks) {
      Kinks.watched(graph, node).stream()
          .filter(tensor -> !graph.constants().containsKey(tensor))
          .forEach(tensor -> decisive.add(new Tap(tensor)));
    }
    Set<Tap> seen = new LinkedHashSet<>(decisive);
    differentiation.residuals().stream()
        .filter(tensor -> graph.type(tensor).elementType().isFloating())
        .forEach(tensor -> seen.add(new Tap(tensor)));
    Set<String> given = new LinkedHashSet<>(differentiation.seeds().values());
    seen.forEach(tap -> given.add(tap.tensor()));
    return new Plan(
        kinks,
        decisive,
        seen,
        differentiation.seeds().get(scores),
        differentiation.gradients(),
        Passes.cut(
            differentiation.graph(), given, List.copyOf(differentiation.gradients().values())));
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    Set<Tap> layers = new LinkedHashSet<>(taps);
    layers.remove(new Tap(scores));
    if (layers.isEmpty()) {
      objections.add("the method asks for scores of changed images, which are not looked into");
      return model.forward(inputs, taps);
    }
    if (model.batching().samples() != 1) {
      objections.add("the model was written for several images at once");
      return model.forward(inputs, taps);
    }
    Plan plan = plans.computeIfAbsent(layers, this::plan);
    Set<Tap> wanted = new LinkedHashSet<>(taps);
    wanted.addAll(plan.seen());
    ForwardPass own = model.forward(inputs, wanted);
    try {
      compareForward(inputs, layers, plan, own);
      return new WitnessedPass(inputs, plan, own);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private void compareForward(
      Map<String, Tensor> inputs, Set<Tap> layers, Plan plan, ForwardPass own) {
    Set<Tap> compared = new LinkedHashSet<>(layers);
    compared.addAll(plan.decisive());
    for (Tap tap : compared) {
      if (!precise.graph().has(tap.tensor())) {
        objections.add("there is no \"" + tap.tensor() + "\" in double precision to compare with");
        return;
      }
    }
    int count = own.samples();
    samples += count;
    try (ForwardPass exact = precise.forward(inputs, compared)) {
      for (int i = 0; i < count; i++) {
        Map<String, Tensor> owned = new HashMap<>();
        Map<String, Tensor> right = new HashMap<>();
        for (Tap tap : compared) {
          owned.put(tap.tensor(), of(own.activation(tap), tap.tensor(), count, i));
          right.put(
              tap.tensor(),
              SampleSlices.slice(
                  exact.activation(tap), precise.batching().axis(tap.tensor()), count, i));
          compare("value", tap.tensor(), owned.get(tap.tensor()), right.get(tap.tensor()));
        }
        plan.kinks().forEach(node -> compareSides(node, owned, right));
      }
    }
  }

  private void compareSides(Node node, Map<String, Tensor> own, Map<String, Tensor> exact) {
    List<String> watched = Kinks.watched(model.graph(), node);
    Kinks.Switches switches =
        Kinks.compare(
            node.operation(),
            watched.stream().map(name -> value(name, own)).toList(),
            watched.stream().map(name -> value(name, exact)).toList());
    if (switches.switched() > 0) {
      switched += switches.switched();
      operations.add(node.name());
    }
    if (switches.worst() > ROUNDING) {
      objections.add(
          String.format(
              Locale.ROOT,
              "a unit of \"%s\" stands on another side than in double precision by %.1e of the"
                  + " largest value there, which is more than rounding",
              node.name(),
              switches.worst()));
    }
  }

  private Tensor value(String name, Map<String, Tensor> values) {
    Tensor constant = model.graph().constants().get(name);
    return constant == null ? values.get(name) : SampleSlices.slice(constant, -1, 1, 0);
  }

  private Tensor of(Tensor batch, String tensor, int count, int sample) {
    return SampleSlices.slice(batch, model.batching().axis(tensor), count, sample);
  }

  /** Objects where numbers are further apart than the tolerance. */
  private void compare(String what, String tensor, Tensor own, Tensor exact) {
    double relative = MapAgreement.relative(own.toDoubleArray(), exact.toDoubleArray());
    worst = Math.max(worst, relative);
    if (!(relative <= tolerance)) {
      objections.add(
          String.format(
              Locale.ROOT,
              "a %s at \"%s\" differs from double precision%s by %.1e of the largest",
              what,
              tensor,
              what.equals("gradient") ? " on the same sides" : "",
              relative));
    }
  }

  /** A pass whose gradients are those of double precision on its own sides. */
  private final class WitnessedPass implements ForwardPass {
    private final Map<String, Tensor> inputs;
    private final Plan plan;
    private final ForwardPass own;

    WitnessedPass(Map<String, Tensor> inputs, Plan plan, ForwardPass own) {
      this.inputs = inputs;
      this.plan = plan;
      this.own = own;
    }

    @Override
    public int samples() {
      return own.samples();
    }

    @Override
    public Map<String, Tensor> outputs() {
      return own.outputs();
    }

    @Override
    public Tensor activation(Tap tap) {
      return own.activation(tap);
    }

    @Override
    public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
      Map<Tap, Tensor> found = own.backward(seeds, at);
      if (!seeds.keySet().equals(Set.of(new Tap(scores)))) {
        objections.add("the method asks for derivatives of something else than the scores");
        return found;
      }
      int count = own.samples();
      Map<Tap, double[]> exact = new LinkedHashMap<>();
      found.forEach((tap, tensor) -> exact.put(tap, new double[tensor.size()]));
      ReferenceInterpreter interpreter = new ReferenceInterpreter(plan.back());
      for (int i = 0; i < count; i++) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException("Looking for kinks was cancelled");
        }
        Map<String, Tensor> given = new HashMap<>();
        int sample = i;
        plan.seen()
            .forEach(
                tap ->
                    given.put(tap.tensor(), of(own.activation(tap), tap.tensor(), count, sample)));
        inputs.forEach((name, value) -> given.putIfAbsent(name, of(value, name, count, sample)));
        given.put(plan.seed(), of(seeds.get(new Tap(scores)), scores, count, sample));
        Map<String, Tensor> gradients =
            interpreter.run(given, new LinkedHashSet<>(plan.back().outputs()));
        for (Tap tap : at) {
          Tensor mine = of(found.get(tap), tap.tensor(), count, sample);
          String name = plan.gradients().get(tap.tensor());
          Tensor right =
              name == null ? Tensor.of(mine.shape(), new double[mine.size()]) : gradients.get(name);
          compare("gradient", tap.tensor(), mine, right);
          SampleSlices.place(
              right, exact.get(tap), model.batching().axis(tap.tensor()), count, sample);
        }
      }
      Map<Tap, Tensor> answered = new LinkedHashMap<>();
      exact.forEach((tap, all) -> answered.put(tap, Tensor.of(found.get(tap).shape(), all)));
      return answered;
    }

    @Override
    public ForwardPass resume(Tap from, Tensor activations) {
      objections.add("the method asks for scores of changed layers, which are not looked into");
      return own.resume(from, activations);
    }

    @Override
    public void close() {
      own.close();
    }
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
    objections.add("the method asks another network made of this one, which is not looked into");
    return model.companion(key, other, network);
  }

  /** Leaves the models open: they belong to who made them. */
  @Override
  public void close() {}
}
