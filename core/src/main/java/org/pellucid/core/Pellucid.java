package org.pellucid.core;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.Iterables;
import com.google.common.collect.Streams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.api.BackendException;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.Progress;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.Labels;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * A trained classifier, ready to be explained.
 *
 * <pre>{@code
 * try (Pellucid pellucid = Pellucid.load(Path.of("shapes.onnx"))) {
 *   Explanation explanation = pellucid.explain(Path.of("two-stars.png"));
 *   System.out.println(explanation.predicted().name() + " by " + explanation.saliency().map());
 *   ExplanationFiles.into(Path.of("out")).write(explanation, "two-stars");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Close it after use; closing it twice is safe.
 */
public final class Pellucid implements AutoCloseable {
  private final Classifier classifier;
  private final ModelGraph graph;
  private final String input;
  private final ClassifierHead head;
  private final Layers layers;
  private final Preset preset;
  private final Preparation preparation;
  private final EngineModels models;

  Pellucid(Classifier classifier, EngineModels models) {
    this.classifier = classifier;
    this.graph = classifier.graph();
    this.input = classifier.input();
    this.head = classifier.head();
    this.layers = classifier.layers();
    this.preset = classifier.preset();
    this.preparation = new Preparation(graph, input, preset);
    this.models = models;
  }

  /**
   * Loads a model with everything at its default: the first backend that can run it, the CPU or GPU
   * that it prefers, float32, and the preset and labels that lie beside the model.
   */
  public static Pellucid load(Path model) {
    return loader().load(model);
  }

  /** Loads a model with settings. */
  public static Loader loader() {
    return new Loader();
  }

  /** The name of the file that the model was read from. */
  public String modelName() {
    return classifier.file().name();
  }

  /** The SHA-256 of that file, in hexadecimal; computed when it is first asked for. */
  public String modelSha256() {
    return classifier.file().sha256();
  }

  /** The network as it was read. */
  public ModelGraph graph() {
    return graph;
  }

  /** The name of the explained input. */
  public String input() {
    return input;
  }

  /** The tensor that scores are read from: the logits where there are any. */
  public Tap scores() {
    return new Tap(head.logits());
  }

  /** The names of the classes; none where the model has no labels. */
  public Labels labels() {
    return head.labels();
  }

  /** The number of classes. */
  public int classes() {
    return head.classes();
  }

  /**
   * A class as a target: its score, or a side of a single logit.
   *
   * @throws InvalidRequestException if there is no such class
   */
  public Target ofClass(int index) {
    if (index < 0 || index >= classes()) {
      throw new InvalidRequestException(
          "Class " + index + " was asked for; the model has classes 0 to " + (classes() - 1));
    }
    return head.ofClass(index);
  }

  /**
   * The probability of a class: by the model's own Sigmoid where it has one, else Softmax over all
   * scores.
   *
   * @param target a class, as {@link #ofClass} gives it
   * @throws InvalidRequestException if the scores are not one per class
   */
  public Target probability(Target target) {
    return head.probability(target);
  }

  /** The layers that can be explained. */
  public Layers layers() {
    return layers;
  }

  /** How images become numbers. */
  public Preset preset() {
    return preset;
  }

  /** The backend that runs it. */
  public GradientBackend backend() {
    return models.backend();
  }

  /** How it runs. */
  public LoadOptions loadOptions() {
    return models.options();
  }

  /**
   * Why several samples cannot run at once; empty when they can.
   *
   * @see org.pellucid.graph.pass.Batching#obstacle()
   */
  public Optional<String> batchingObstacle() {
    return models.batching().obstacle();
  }

  /** What is odd about the model or what lies beside it, and does not stop anything. */
  public List<String> warnings() {
    return classifier.warnings();
  }

  /**
   * Checks a request against the model, and loads the model into its backend, so that what is wrong
   * for every image is found before the first.
   *
   * @throws InvalidRequestException if the request names what the model or this software does not
   *     have
   * @throws BackendException if the backend cannot take the model
   */
  public void check(Request request) {
    ResolvedRequest resolved = resolve(request);
    Set<Tap> taps = new LinkedHashSet<>(List.of(resolved.plan().reads()));
    resolved.layers().forEach(layer -> taps.add(layer.tap()));
    models.with(taps);
  }

  /**
   * Checks that the model takes images as its preset makes them.
   *
   * @throws InvalidRequestException if it has several inputs, or one that is no image, or of
   *     another size, layout or number of channels than the preset's
   */
  public void checkTakesImages() {
    preparation.checkTakesImages();
  }

  ResolvedRequest resolve(Request request) {
    return ResolvedRequest.of(request, classifier, plan(request.target()));
  }

  private TargetPlan plan(TargetChoice choice) {
    if (!choice.words().isEmpty()) {
      return new TargetText(classifier, new Asked()).read(choice.words());
    }
    Tap reads = choice.reads().orElse(scores());
    if (!graph.has(reads.tensor()) || !graph.type(reads.tensor()).elementType().isFloating()) {
      throw new InvalidRequestException(
          "A target reads a floating tensor of the model, found \""
              + reads.tensor()
              + "\"; its outputs are "
              + graph.outputs());
    }
    return TargetPlan.of(choice.describe(), reads, choice.targets());
  }

  /** What targets ask the model beforehand. */
  private final class Asked implements TargetText.Answering {
    @Override
    public Tensor read(Subject subject, Tap tensor) {
      return Pellucid.this.read(subject.inputs(), tensor);
    }

    @Override
    public Subject prepare(Path file) {
      return file.toString().endsWith(".npy")
          ? Pellucid.this.prepare(file.toString(), Map.of(input, Npy.read(file)))
          : Pellucid.this.prepare(file.toString(), SourceImage.read(file));
    }
  }

  /** A tensor for inputs of one sample, flattened, float64. */
  private Tensor read(Map<String, Tensor> inputs, Tap tensor) {
    return StandardProbe.of(models.with(Set.of(tensor)))
        .inputs(inputs)
        .explaining(input)
        .scores(tensor.tensor())
        .build()
        .scores();
  }

  /**
   * The network's outputs for raw inputs.
   *
   * @param inputs a value per input of the network, of its shape; the number of samples may differ
   *     where the network allows it
   * @return every output by name, in the network's order
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    try (ForwardPass pass = models.fastest().forward(inputs, Set.of())) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      graph.outputs().forEach(name -> outputs.put(name, pass.outputs().get(name)));
      return outputs;
    }
  }

  /** All classes with their scores for an image, highest first. */
  public List<Prediction> predict(SourceImage image) {
    return predict(Map.of(input, preparation.of(image).tensor()));
  }

  /** All classes with their scores for raw inputs of one sample, highest first. */
  public List<Prediction> predict(Map<String, Tensor> inputs) {
    return head.ranked(read(inputs, scores()));
  }

  /**
   * Explains the predicted class of an image file by Smooth Grad-CAM++ at the default layer.
   *
   * @throws org.pellucid.graph.MalformedInputException if the file is missing or no image
   */
  public Explanation explain(Path image) {
    return explain(image, Request.DEFAULT, Progress.NONE).get(0);
  }

  /** Explains an image file; one explanation per target. */
  public List<Explanation> explain(Path image, Request request, Progress progress) {
    return explain(String.valueOf(image.getFileName()), SourceImage.read(image), request, progress);
  }

  /**
   * Explains an image; one explanation per target.
   *
   * @param name what the provenance calls the image
   * @throws InvalidRequestException if the request names what the model or this software does not
   *     have
   * @throws org.pellucid.api.CancelledException if the thread is interrupted
   */
  public List<Explanation> explain(
      String name, SourceImage image, Request request, Progress progress) {
    return explain(prepare(name, image), request, progress);
  }

  /**
   * Explains raw inputs of one sample; one explanation per target. Pixels of the request are those
   * of the explained input.
   *
   * @param name what the provenance calls the inputs
   */
  public List<Explanation> explain(
      String name, Map<String, Tensor> inputs, Request request, Progress progress) {
    return explain(prepare(name, inputs), request, progress);
  }

  private List<Explanation> explain(Subject subject, Request request, Progress progress) {
    ResolvedRequest resolved = resolve(request);
    // Before the long work, so that a mistake costs nothing.
    subject.toInput(request.pixels());
    List<Explanation> explanations = new ArrayList<>();
    Set<Tap> taps = new LinkedHashSet<>(List.of(resolved.plan().reads()));
    resolved.layers().forEach(layer -> taps.add(layer.tap()));
    List<Examination> examinations =
        examine(
            models.with(taps),
            subject,
            resolved.plan(),
            resolved.foreseen(),
            request.batch(),
            progress);
    for (Examination each : examinations) {
      explanations.add(each.explain(resolved));
    }
    return explanations;
  }

  /**
   * Makes the network's input of an image.
   *
   * @param name what the provenance calls the image
   * @throws InvalidRequestException if the model does not take images
   */
  public Subject prepare(String name, SourceImage image) {
    return preparation.of(name, image);
  }

  /**
   * Takes raw inputs of one sample.
   *
   * @param name what the provenance calls the inputs
   * @throws InvalidRequestException if the explained input is no signal, image or volume
   */
  public Subject prepare(String name, Map<String, Tensor> inputs) {
    return preparation.of(name, inputs);
  }

  /**
   * Looks at one image and one target that reads the scores, for several methods and layers that
   * share their passes.
   *
   * @param taps the layers that will be asked for
   */
  public Examination examine(Subject subject, Target target, Set<Tap> taps, Progress progress) {
    return examine(subject, TargetChoice.of(target), taps, progress).get(0);
  }

  /**
   * Looks at one image, for several methods and layers; one examination per target. All of them
   * share their passes.
   *
   * @param taps the layers whose gradients will be asked for
   * @throws InvalidRequestException if the choice names what the model or the image does not have
   */
  public List<Examination> examine(
      Subject subject, TargetChoice choice, Set<Tap> taps, Progress progress) {
    TargetPlan plan = plan(choice);
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(plan.reads());
    return examine(
        models.with(all), subject, plan, new Foreseen(taps, taps), OptionalInt.empty(), progress);
  }

  /**
   * Looks at one image through another model than this object's own: one that stands before it,
   * say, and watches or changes what it answers. One examination per target, all of which share
   * their passes.
   *
   * @param model of the same network, with what the targets read; stays open as long as the
   *     examinations are used
   * @param foreseen what will be asked
   * @throws InvalidRequestException if the choice names what the model or the image does not have
   */
  public List<Examination> examine(
      LoadedModel model,
      Subject subject,
      TargetChoice choice,
      Foreseen foreseen,
      Progress progress) {
    return examine(model, subject, plan(choice), foreseen, OptionalInt.empty(), progress);
  }

  /** What methods will ask about some layers, and about the input. */
  public Foreseen foresee(Collection<Explainer> methods, Set<Tap> taps) {
    Foreseen foreseen = Foreseen.NOTHING;
    for (Explainer method : methods) {
      foreseen = foreseen.and(Foreseen.of(method, taps, new Tap(input)));
    }
    return foreseen;
  }

  private List<Examination> examine(
      LoadedModel model,
      Subject subject,
      TargetPlan plan,
      Foreseen foreseen,
      OptionalInt batch,
      Progress progress) {
    ProbeBuilder probes = probes(model, subject, plan, foreseen, input).progress(progress);
    batch.ifPresent(probes::chunk);
    return probes.buildAll(plan.targets().apply(subject)).stream()
        .map(probe -> examination(subject, plan, probe))
        .toList();
  }

  private static ProbeBuilder probes(
      LoadedModel model, Subject subject, TargetPlan plan, Foreseen foreseen, String input) {
    return StandardProbe.of(model)
        .inputs(subject.inputs())
        .explaining(input)
        .scores(plan.reads().tensor())
        .expecting(foreseen.gradients())
        .expectingAverages(foreseen.averages())
        .expectingSamples(foreseen.samples());
  }

  private Examination examination(Subject subject, TargetPlan plan, StandardProbe probe) {
    Supplier<Tensor> scores = Suppliers.memoize(() -> read(subject.inputs(), scores()));
    return new Examination(this, subject, plan.reads(), scores, probe);
  }

  /**
   * Looks at several images that differ in the explained input alone, for one target that is
   * resolved: what is foreseen of them is asked in batches, when the first one is asked.
   *
   * @param model as for {@link #examine(LoadedModel, Subject, TargetChoice, Foreseen, Progress)}
   * @param choice of one target, as {@link Examination#choice} gives it
   * @return an examination per subject, all to be used by one thread at a time
   */
  public List<Examination> examineEach(
      LoadedModel model, List<Subject> subjects, TargetChoice choice, Foreseen foreseen) {
    if (subjects.isEmpty()) {
      return List.of();
    }
    TargetPlan plan = plan(choice);
    Subject first = subjects.get(0);
    Target target = Iterables.getOnlyElement(plan.targets().apply(first));
    List<StandardProbe> probes =
        probes(model, first, plan, foreseen, input)
            .target(target)
            .buildEach(subjects.stream().map(subject -> subject.inputs().get(input)).toList());
    return Streams.zip(
            subjects.stream(),
            probes.stream(),
            (subject, probe) -> examination(subject, plan, probe))
        .toList();
  }

  /**
   * The network in the backend, in the fastest form that has some tensors. It belongs to this
   * object, which closes it.
   */
  public LoadedModel model(Set<Tap> taps) {
    return models.with(taps);
  }

  /**
   * Whether an image may have several targets of a choice, as {@code top:K} asks for.
   *
   * @throws InvalidRequestException if the choice names what the model does not have
   */
  public boolean severalTargets(TargetChoice choice) {
    return plan(choice).several();
  }

  /**
   * The layers that a choice of targets can be explained in: those before what they read.
   *
   * @throws InvalidRequestException if the choice names what the model does not have
   */
  public Layers layersBefore(TargetChoice choice) {
    return classifier.layersBefore(reads(choice));
  }

  /**
   * The tensor that a choice of targets reads: {@link #scores}, or another.
   *
   * @throws InvalidRequestException if the choice names what the model does not have
   */
  public Tap reads(TargetChoice choice) {
    return plan(choice).reads();
  }

  /**
   * The same model, not read again, in another precision, on the most preferred backend that runs
   * it so. To be closed as this one, in any order.
   *
   * @throws BackendException if no backend has the precision
   * @throws org.pellucid.graph.UnsupportedModelException if none that has it can run the model
   */
  public Pellucid in(Precision precision) {
    return Loader.start(classifier, "auto", "auto", loadOptions().with(precision));
  }

  ClassifierHead head() {
    return head;
  }

  Provenance provenance(Subject subject, ResolvedRequest request) {
    return new Provenance(
        Version.current(),
        classifier.file().name(),
        classifier.file().sha256(),
        subject.name(),
        subject.image().map(image -> preset.toString()).orElse(""),
        request.explainer().id(),
        request.plan().description(),
        request.plan().reads().tensor(),
        request.options().describe(request.explainer().options()),
        models.backend().id(),
        models.backend().availability().detail(),
        models.options().device().toString(),
        models.options().precision().id(),
        Runtime.version().toString());
  }

  /**
   * The network together with its gradients or its explanation, as one network that needs none of
   * this software to run. No backend is involved; {@link Loader#differentiate} does the same
   * without one.
   *
   * @throws InvalidRequestException if the request names what the model or this software does not
   *     have, or a method that is no formula in activations and gradients
   * @throws org.pellucid.graph.UnsupportedModelException if an operation between the layers and the
   *     scores has no gradient rule
   */
  public DifferentiatedModel differentiate(DifferentiationRequest request) {
    return new DifferentiatedClassifier(classifier, request).model();
  }

  /**
   * Frees what the backend holds.
   *
   * @throws BackendException if the engine fails to
   */
  @Override
  public void close() {
    models.close();
  }
}
