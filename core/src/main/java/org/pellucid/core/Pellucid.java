package org.pellucid.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.BackendException;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Options;
import org.pellucid.api.Progress;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preprocessor;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * A trained classifier, ready to be explained.
 *
 * <pre>{@code
 * try (Pellucid pellucid = Pellucid.load(Path.of("shapes.onnx"))) {
 *   Explanation explanation = pellucid.explain(SourceImage.read(Path.of("two-stars.png")));
 *   System.out.println(explanation.predicted().name());
 *   new ExplanationWriter(Path.of("out")).write(explanation, "two-stars");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Close it after use; closing it twice is safe.
 */
public final class Pellucid implements AutoCloseable {
  private final ModelFile file;
  private final Registry registry;
  private final ModelGraph graph;
  private final String input;
  private final ClassifierHead head;
  private final Layers layers;
  private final Preset preset;
  private final EngineModels models;

  Pellucid(
      ModelFile file,
      Registry registry,
      ModelGraph graph,
      String input,
      ClassifierHead head,
      Preset preset,
      EngineModels models) {
    this.file = file;
    this.registry = registry;
    this.graph = graph;
    this.input = input;
    this.head = head;
    this.layers = Layers.of(graph, input, head.logits());
    this.preset = preset;
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
   * @see org.pellucid.graph.Batching#obstacle()
   */
  public Optional<String> batchingObstacle() {
    return models.fastest().batching().obstacle();
  }

  /**
   * The network's outputs for raw inputs.
   *
   * @param inputs a value per input of the network, of its shape; the number of samples may differ
   *     where the network allows it
   * @return every output by name, in the network's order
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    try (ForwardPass pass = models.fastest().forward(inputs, java.util.Set.of())) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      graph.outputs().forEach(name -> outputs.put(name, pass.outputs().get(name)));
      return outputs;
    }
  }

  /** All classes with their scores for an image, highest first. */
  public List<Prediction> predict(SourceImage image) {
    return predict(inputs(prepare(image).tensor()));
  }

  /** All classes with their scores for raw inputs of one sample, highest first. */
  public List<Prediction> predict(Map<String, Tensor> inputs) {
    StandardProbe probe = probe(models.fastest(), inputs, Target.top(), Progress.NONE);
    return head.ranked(probe.scores());
  }

  /** Explains the predicted class of an image by Smooth Grad-CAM++ at the default layer. */
  public Explanation explain(SourceImage image) {
    return explain(image, Request.DEFAULT).get(0);
  }

  /** Explains an image; one explanation per target. */
  public List<Explanation> explain(SourceImage image, Request request) {
    return explain(image, request, Progress.NONE);
  }

  /**
   * Explains an image; one explanation per target.
   *
   * @throws InvalidRequestException if the request names what the model or this software does not
   *     have
   */
  public List<Explanation> explain(SourceImage image, Request request, Progress progress) {
    Preprocessor.Prepared prepared = prepare(image);
    List<Region> regions = new ArrayList<>(request.cells());
    for (Region pixels : request.pixels()) {
      regions.add(prepared.geometry().toInput(pixels));
    }
    Subject subject =
        new Subject(
            inputs(prepared.tensor()), Optional.of(image), Optional.of(prepared.geometry()));
    return explain(subject, regions, request, progress);
  }

  /**
   * Explains raw inputs of one sample; one explanation per target. Pixels of the request are those
   * of the explained input.
   */
  public List<Explanation> explain(
      Map<String, Tensor> inputs, Request request, Progress progress) {
    List<Region> regions = new ArrayList<>(request.cells());
    regions.addAll(request.pixels());
    return explain(
        new Subject(inputs, Optional.empty(), Optional.empty()), regions, request, progress);
  }

  /** What is explained: inputs, and the image they were made of, if any. */
  private record Subject(
      Map<String, Tensor> inputs, Optional<SourceImage> image, Optional<Geometry> geometry) {}

  private List<Explanation> explain(
      Subject subject, List<Region> regions, Request request, Progress progress) {
    Explainer explainer = registry.explainer(request.method());
    Options options = Options.parse(explainer.options(), request.options());
    Layer layer = request.layer().map(layers::find).orElseGet(layers::byDefault);
    Selection selection =
        new Selection(
            List.of(layer.tap()), request.maps(), new NeuronSelection(regions, request.neurons()));
    LoadedModel model = models.with(layer.tap());
    List<Explanation> explanations = new ArrayList<>();
    for (Target target : head.targets(request.target())) {
      long start = System.nanoTime();
      StandardProbe probe = probe(model, subject.inputs(), target, progress);
      Saliency saliency = explainer.explain(probe, selection, options);
      double seconds = (System.nanoTime() - start) / 1e9;
      Tensor scores = probe.scores();
      explanations.add(
          new Explanation(
              saliency,
              head.ranked(scores).get(0),
              head.prediction(scores, probe.target().index().orElse(-1)),
              layer,
              selection,
              models.options().precision(),
              provenance(subject, explainer, options),
              seconds,
              subject.image(),
              subject.geometry()));
    }
    return explanations;
  }

  private StandardProbe probe(
      LoadedModel model, Map<String, Tensor> inputs, Target target, Progress progress) {
    return new StandardProbe(model, inputs, input, scores(), target, progress);
  }

  private Preprocessor.Prepared prepare(SourceImage image) {
    return Preprocessor.prepare(image, preset, graph.inputs().get(input).shape());
  }

  private Map<String, Tensor> inputs(Tensor explained) {
    if (graph.inputs().size() > 1) {
      throw new InvalidRequestException(
          "The model has " + graph.inputs().size() + " inputs, " + graph.inputs()
              + "; an image fills only \"" + input + "\". Give all of them as arrays");
    }
    return Map.of(input, explained);
  }

  private Provenance provenance(Subject subject, Explainer explainer, Options options) {
    return new Provenance(
        Version.current(),
        file.name(),
        file.sha256(),
        subject.image().map(SourceImage::name).orElse(""),
        subject.image().map(image -> preset.toString()).orElse(""),
        explainer.id(),
        options.describe(explainer.options()),
        models.backend().id(),
        models.backend().availability().detail(),
        models.options().device().toString(),
        models.options().precision().id(),
        Runtime.version().toString());
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
