package org.pellucid.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.BackendException;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.core.image.Preset;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Node;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.pass.Passes;
import org.pellucid.graph.pass.ScoreOutput;
import org.pellucid.graph.pass.TokenGrids;
import org.pellucid.graph.pass.TokenLayout;

/** Settings for loading a model; every one has a default. To be used by one thread. */
public final class Loader {
  private Registry registry;
  private String backend = "auto";
  private String device = "auto";
  private LoadOptions options = LoadOptions.DEFAULT;
  private Optional<Preset> preset = Optional.empty();
  private Optional<Labels> labels = Optional.empty();
  private TokenLayout tokens = TokenLayout.AUTO;
  private Optional<String> input = Optional.empty();
  private Optional<String> output = Optional.empty();

  Loader() {}

  /** Where backends, explainers and importers come from; the class path by default. */
  public Loader registry(Registry source) {
    registry = source;
    return this;
  }

  /** Where backends, explainers and importers come from. */
  public Registry registry() {
    if (registry == null) {
      registry = Registry.ofClassPath();
    }
    return registry;
  }

  /** A backend's id, or {@code auto} for the first that can run the model. */
  public Loader backend(String id) {
    backend = id;
    return this;
  }

  /**
   * {@code cpu}, {@code gpu:0}, a card's UUID or its beginning, or {@code auto} for what the
   * backend prefers: see {@link GradientBackend#device}.
   */
  public Loader device(String text) {
    device = text;
    return this;
  }

  /** The arithmetic of the network; float32 by default. */
  public Loader precision(Precision precision) {
    options = options.with(precision);
    return this;
  }

  /** Threads that compute ({@link LoadOptions#threads}); the engine's own choice by default. */
  public Loader threads(int count) {
    options = options.withThreads(count);
    return this;
  }

  /** Whether equal questions must have bitwise equal answers; not by default. */
  public Loader deterministic(boolean on) {
    options = options.withDeterministic(on);
    return this;
  }

  /** Bytes that one batch of a long question should stay under; 1 GiB by default. */
  public Loader memoryBudget(long bytes) {
    options = options.withMemoryBudget(bytes);
    return this;
  }

  /** How images become numbers; by default what lies beside the model, else {@code imagenet}. */
  public Loader preset(Preset images) {
    preset = Optional.of(images);
    return this;
  }

  /** The classes' labels; by default what lies beside the model. */
  public Loader labels(Labels names) {
    labels = Optional.of(names);
    return this;
  }

  /** How a transformer's tokens lie on the image; by default that is found out. */
  public Loader tokens(TokenLayout layout) {
    tokens = layout;
    return this;
  }

  /** The name of the explained input; by default the only one, or the only one of images. */
  public Loader input(String name) {
    input = Optional.of(name);
    return this;
  }

  /** The name of the output that holds the scores; by default the first. */
  public Loader output(String name) {
    output = Optional.of(name);
    return this;
  }

  /**
   * Loads a model.
   *
   * @throws MalformedInputException if the file is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported
   * @throws BackendException if no backend, device or precision as asked for is available
   * @throws InvalidRequestException if an input, output or backend is named that is not there
   */
  public Pellucid load(Path model) {
    return start(read(model), backend, device, options);
  }

  /**
   * Loads a model on several backends; it is read once.
   *
   * @param backends ids; empty for all there are, of which those that cannot be used are left out
   * @throws MalformedInputException if the file is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported, by the reader or by a
   *     backend that was named or by every one
   * @throws BackendException if a backend that was named, or every one, is not available as asked
   *     for
   * @throws InvalidRequestException if an input, output or backend is named that is not there
   */
  public Lineup loadOn(Path model, List<String> backends) {
    Registry services = registry();
    // A misspelt backend should not wait for a large model.
    backends.forEach(services::backend);
    return Lineup.of(read(model), services, backends, device, options);
  }

  static Pellucid start(Classifier classifier, String backend, String device, LoadOptions options) {
    ModelGraph graph = classifier.graph();
    BackendChoice choice =
        new BackendChoice(classifier.registry(), backend, device, options.precision());
    GradientBackend engine = choice.of(graph);
    LoadOptions settings = options.with(choice.device(engine));
    return new Pellucid(classifier, new EngineModels(classifier, engine, settings));
  }

  /**
   * Reads a model and differentiates it, without a backend; see {@link Pellucid#differentiate}.
   *
   * @throws MalformedInputException if the file is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported or cannot be differentiated
   * @throws InvalidRequestException if something is named that is not there
   */
  public DifferentiatedModel differentiate(Path model, DifferentiationRequest request) {
    return new DifferentiatedClassifier(read(model), request).model();
  }

  /**
   * Reads a model to write it as ONNX, without a backend. Of what can be set here, the preset's
   * size counts, where the file leaves that of its images open, and the output, if it is to be the
   * only one; the preset that lies beside the model is noted in what is written.
   *
   * @throws MalformedInputException if the file is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported
   * @throws InvalidRequestException if an input or output is named that is not there
   */
  public ConvertedModel convert(Path model) {
    Optional<Preset> images = preset.or(() -> Preset.find(model));
    ModelGraph graph = imported(registry(), model, images.orElse(Preset.IMAGENET));
    input.ifPresent(name -> named("input", name, List.copyOf(graph.inputs().keySet())));
    ModelFile file = new ModelFile(model);
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("pellucid.version", Version.current());
    properties.put("pellucid.model", file.name());
    properties.put("pellucid.modelSha256", file.sha256());
    images.ifPresent(known -> properties.put("pellucid.preset", known.toJson()));
    ModelGraph wanted =
        output.isEmpty()
            ? graph
            : ModelGraph.of(
                graph.inputs(),
                graph.constants(),
                graph.nodes(),
                List.of(named("output", output.get(), graph.outputs())),
                graph.metadata());
    return new ConvertedModel(file, wanted, properties);
  }

  private Classifier read(Path model) {
    Registry services = registry();
    Optional<Preset> images = preset.or(() -> Preset.find(model));
    ModelGraph graph = read(services, model, images.orElse(Preset.IMAGENET));
    MachineMemory.require(graph);
    String explained = explainedInput(graph);
    ScoreOutput scores = ScoreOutput.of(graph, scoreOutput(graph));
    Labels names = labels.or(() -> Labels.find(model)).orElse(Labels.NONE);
    ClassifierHead head = ClassifierHead.of(graph, explained, scores, names);
    TokenGrids grids = TokenGrids.of(graph, explained, scores.logits(), tokens);
    if (!tokens.equals(TokenLayout.AUTO) && grids.all().isEmpty()) {
      throw new InvalidRequestException(noTokens(graph));
    }
    List<String> warnings = new ArrayList<>();
    head.mismatch().ifPresent(mismatch -> doubt(mismatch, warnings));
    return new Classifier(
        new ModelFile(model),
        services,
        graph,
        grids,
        explained,
        head,
        Layers.of(grids, explained, scores.logits()),
        images,
        List.copyOf(warnings));
  }

  /** What to say where tokens were described that the model does not have. */
  private String noTokens(ModelGraph graph) {
    return "Tokens were described ("
        + tokens.grid().map(grid -> "a grid of " + grid.height() + " x " + grid.width()).orElse("")
        + (tokens.skip().isPresent() ? tokens.skip().getAsInt() + " before the patches" : "")
        + "); the tensors that could hold tokens [samples, tokens, channels] are "
        + graph.nodes().stream()
            .map(Node::output)
            .filter(name -> graph.type(name).elementType().isFloating())
            .filter(name -> graph.type(name).shape().rank() == 3)
            .map(name -> name + " " + graph.type(name).shape())
            .limit(5)
            .toList();
  }

  /**
   * Labels that were asked for must fit; those that merely lie there are used as far as they go.
   */
  private void doubt(String mismatch, List<String> warnings) {
    if (labels.isPresent()) {
      throw new InvalidRequestException("The labels do not fit: " + mismatch);
    }
    warnings.add("The labels beside the model do not fit: " + mismatch);
  }

  private static ModelGraph read(Registry services, Path model, Preset images) {
    return Passes.simplify(imported(services, model, images), Set.of());
  }

  private static ModelGraph imported(Registry services, Path model, Preset images) {
    if (!Files.isRegularFile(model)) {
      throw new MalformedInputException(
          Files.exists(model)
              ? "The model " + model + " is not a file"
              : "There is no model file at " + model);
    }
    ModelImporter importer =
        services.importers().stream()
            .filter(candidate -> candidate.accepts(model))
            .findFirst()
            .orElseThrow(() -> new MalformedInputException(unreadable(services, model)));
    ImportOptions shapes =
        images
            .size()
            .map(size -> new ImportOptions(Map.of(), size.height(), size.width()))
            .orElse(ImportOptions.DEFAULT);
    return importer.read(model, shapes);
  }

  /** What to say of a file that no importer takes. */
  private static String unreadable(Registry services, Path model) {
    List<String> ids = services.importers().stream().map(ModelImporter::id).toList();
    String message =
        "The file "
            + model
            + " is in no format that can be read; there are: "
            + String.join(", ", ids);
    String start = start(model);
    if (start.startsWith("PK") && !ids.contains("dl4j")) {
      return message + ". If it is a network of DL4J, add the importer pellucid-importer-dl4j";
    }
    if (start.startsWith("\u0089HDF") && !ids.contains("keras")) {
      return message + ". If it is a model of Keras, add the importer pellucid-importer-dl4j";
    }
    return message;
  }

  private static String start(Path model) {
    try (InputStream in = Files.newInputStream(model)) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private String explainedInput(ModelGraph graph) {
    if (input.isPresent()) {
      return named("input", input.get(), List.copyOf(graph.inputs().keySet()));
    }
    if (graph.inputs().size() == 1) {
      return graph.inputs().keySet().iterator().next();
    }
    List<String> images =
        graph.inputs().entrySet().stream()
            .filter(entry -> isImage(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (images.size() != 1) {
      throw new InvalidRequestException(
          "The model has the inputs " + graph.inputs() + "; name the one to explain");
    }
    return images.get(0);
  }

  private static boolean isImage(TensorType type) {
    return type.elementType().isFloating() && type.shape().rank() == 4;
  }

  private String scoreOutput(ModelGraph graph) {
    return output.isPresent()
        ? named("output", output.get(), graph.outputs())
        : graph.outputs().get(0);
  }

  private static String named(String kind, String name, List<String> names) {
    if (!names.contains(name)) {
      throw new InvalidRequestException(
          "The model has no "
              + kind
              + " called \""
              + name
              + "\"; there are "
              + String.join(", ", names));
    }
    return name;
  }
}
