package org.pellucid.core.evaluate;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.api.Progress;
import org.pellucid.core.Layer;
import org.pellucid.core.Lineup;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.Version;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Methods by metrics, over a data set: on each image, what one method or metric has asked of the
 * network is remembered for the others. Results are written as they come, and a run that was ended
 * goes on where it was.
 *
 * <pre>{@code
 * try (Evaluation evaluation =
 *     Evaluation.of(Pellucid.loader(), model, List.of(), DataSet.open(examples), request)) {
 *   EvaluationResult result = evaluation.run(Path.of("out"), Progress.NONE);
 *   EvaluationReport.write(Path.of("out"), result);
 * }
 * }</pre>
 *
 * <p>To be used by one thread at a time. Close it after use; closing it twice is safe.
 */
public final class Evaluation implements AutoCloseable {
  /** All backends that can run a model. */
  public static final List<String> ALL = List.of("all");

  private static final Set<Metric.Need> OF_OBJECTS =
      Set.of(Metric.Need.OBJECTS, Metric.Need.OUTLINES);

  private final Lineup lineup;
  private final DataSet data;
  private final EvaluationRequest request;
  private final List<Pellucid> models;
  private final List<Contender> contenders;
  private final Map<Setting, Metric> metrics;
  private final Map<String, String> leftOut;

  private Evaluation(
      Lineup lineup,
      Registry registry,
      boolean named,
      DataSet data,
      EvaluationRequest request,
      Map<Setting, Metric> metrics) {
    this.lineup = lineup;
    this.data = data;
    this.request = request;
    this.metrics = metrics;
    this.leftOut = new LinkedHashMap<>(lineup.leftOut());
    Pellucid first = lineup.models().get(0);
    first.checkTakesImages();
    TargetChoice choice = request.target().orElse(TargetChoice.TOP);
    List<Layer> layers =
        request.layers().isEmpty()
            ? List.of(first.layersBefore(choice).byDefault())
            : request.layers().stream().map(first.layers()::find).distinct().toList();
    this.contenders = Contender.all(registry, request, layers);
    this.models = usable(named);
  }

  /**
   * Prepares an evaluation; every name and number of the request is checked, and the model is
   * loaded into the backends.
   *
   * @param loader how the model is read and run; its backend counts where none is named
   * @param model the model's file
   * @param backends ids; empty for the loader's; {@link #ALL} for all that can run it
   * @throws InvalidRequestException if the request names what the model, the data set or this
   *     software does not have
   * @throws MalformedInputException if the model is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported by the reader or by a
   *     backend that was named
   * @throws BackendException if a backend is not available as asked for
   */
  public static Evaluation of(
      Loader loader, Path model, List<String> backends, DataSet data, EvaluationRequest request) {
    Registry registry = loader.registry();
    // What is misspelt should not wait for a large model.
    Map<Setting, Metric> metrics = metrics(registry, data, request);
    Contender.methods(registry, request);
    boolean all = backends.equals(ALL);
    Lineup lineup =
        backends.isEmpty()
            ? Lineup.of(loader.load(model))
            : loader.loadOn(model, all ? List.of() : backends);
    try {
      return new Evaluation(lineup, registry, !all, data, request, metrics);
    } catch (RuntimeException | Error e) {
      lineup.close();
      throw e;
    }
  }

  private static Map<Setting, Metric> metrics(
      Registry registry, DataSet data, EvaluationRequest request) {
    Map<Setting, Metric> metrics = new LinkedHashMap<>();
    if (request.namesMetrics()) {
      for (Setting setting : request.metrics()) {
        Metric metric = registry.metric(setting.id());
        if (needsObjects(metric) && !data.annotated()) {
          throw new InvalidRequestException(
              "The metric "
                  + metric.id()
                  + " asks where objects are; the data set, "
                  + data.kind()
                  + ", does not say. Masks, COCO and Pascal VOC do");
        }
        metrics.put(setting, metric);
      }
    } else {
      for (Metric metric : registry.metrics()) {
        boolean again = metric.needs().contains(Metric.Need.EXPLANATIONS);
        if ((!again || request.metrics().equals(EvaluationRequest.ALL))
            && (data.annotated() || !needsObjects(metric))) {
          metrics.put(Setting.of(metric.id()), metric);
        }
      }
    }
    metrics.forEach((setting, metric) -> Options.parse(metric.options(), setting.options()));
    if (metrics.isEmpty()) {
      throw new InvalidRequestException("No metric is on the class path or in a plugin");
    }
    return metrics;
  }

  private static boolean needsObjects(Metric metric) {
    return metric.needs().stream().anyMatch(OF_OBJECTS::contains);
  }

  /** Loads the model into the backends; those that were not named may fail to. */
  private List<Pellucid> usable(boolean named) {
    List<Pellucid> usable = new ArrayList<>();
    RuntimeException failure = null;
    for (Pellucid model : lineup.models()) {
      try {
        for (Contender contender : contenders) {
          // One that was not named may not fit: its lines say why.
          if (!contender.baseline() && request.namesMethods()) {
            model.check(contender.request());
          }
        }
        usable.add(model);
      } catch (BackendException | UnsupportedModelException e) {
        if (named) {
          throw e;
        }
        failure = e;
        leftOut.put(model.backend().id(), e.getMessage());
      }
    }
    if (usable.isEmpty() && failure != null) {
      throw failure;
    }
    return List.copyOf(usable);
  }

  /** The model on each backend that takes part. */
  public List<Pellucid> models() {
    return models;
  }

  /** The metrics that are taken, with their options. */
  public Map<Setting, Metric> metrics() {
    return ImmutableMap.copyOf(metrics);
  }

  /** The backends that cannot be used as asked for, by id, each with the reason. */
  public Map<String, String> leftOut() {
    return ImmutableMap.copyOf(leftOut);
  }

  /**
   * Evaluates all images that a directory does not have yet. An image that cannot be evaluated is
   * noted with the reason, and the others go on.
   *
   * @param directory where results are, or will be; made when it is missing
   * @param progress told of images
   * @throws InvalidRequestException if the directory holds another evaluation, or cannot be written
   *     to
   * @throws CancelledException if the thread is interrupted; what was found stays
   */
  public EvaluationResult run(Path directory, Progress progress) {
    JsonObject configuration = configuration();
    ItemEvaluator evaluator = new ItemEvaluator(models, contenders, metrics, request);
    try (Journal journal = Journal.open(directory, configuration)) {
      int done = journal.size();
      progress.at(done, data.items().size());
      List<Item> open = data.items().stream().filter(item -> !journal.has(item.name())).toList();
      ReadAhead<Item, ItemEvaluator.Picture> pictures = new ReadAhead<>(open, evaluator::read);
      while (pictures.hasNext()) {
        if (Thread.interrupted()) {
          throw new CancelledException("The evaluation was cancelled");
        }
        ReadAhead.Next<Item, ItemEvaluator.Picture> picture = pictures.next();
        String name = picture.item().name();
        try {
          ItemEvaluator.Found found = evaluator.evaluate(picture.get());
          journal.complete(name, found.outcomes(), found.timings());
        } catch (CancelledException e) {
          throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
          journal.failed(name, reason(e));
        }
        progress.at(++done, data.items().size());
      }
      return journal.result(configuration);
    }
  }

  /**
   * Writes all that was found for people and programs: what {@link EvaluationReport#write} does,
   * and the best and worst case of each metric and method as pictures.
   *
   * @return the files
   * @throws InvalidRequestException if they cannot be written
   */
  public List<Path> report(Path directory, EvaluationResult result) {
    EvaluationSummary summary = EvaluationSummary.of(result);
    ItemEvaluator evaluator = new ItemEvaluator(models, contenders, metrics, request);
    Map<String, Item> items = new LinkedHashMap<>();
    data.items().forEach(item -> items.put(item.name(), item));
    Set<String> baselines =
        contenders.stream()
            .filter(Contender::baseline)
            .map(Contender::name)
            .collect(Collectors.toSet());
    Cases.Gallery gallery =
        Cases.draw(
            Cases.of(result, summary, baselines),
            picture ->
                evaluator.draw(
                    items.get(picture.of().image()), picture.series(), picture.of().classIndex()));
    return EvaluationReport.write(directory, result, summary, gallery);
  }

  private static String reason(Throwable e) {
    return e instanceof org.pellucid.graph.PellucidException ? e.getMessage() : e.toString();
  }

  /** All that results depend on, but for the machine. */
  private JsonObject configuration() {
    JsonObject json = new JsonObject();
    json.addProperty("schema", "pellucid-evaluation-1");
    json.addProperty("pellucid", Version.current());
    Pellucid first = models.get(0);
    json.addProperty("model", first.modelName());
    json.addProperty("modelSha256", first.modelSha256());
    json.addProperty("preset", first.preset().toJson());
    json.addProperty("data", data.kind());
    json.addProperty("images", data.items().size());
    json.addProperty("imagesSha256", fingerprint());
    JsonArray backends = new JsonArray();
    models.forEach(model -> backends.add(model.backend().id()));
    json.add("backends", backends);
    json.addProperty("device", first.loadOptions().device().toString());
    json.addProperty("precision", first.loadOptions().precision().id());
    JsonArray methods = new JsonArray();
    for (Contender contender : contenders) {
      JsonObject method = new JsonObject();
      method.addProperty("method", contender.name());
      method.addProperty("layer", contender.place());
      method.addProperty("baseline", contender.baseline());
      method.add(
          "options",
          texts(
              Options.parse(contender.method().options(), contender.setting().options())
                  .describe(contender.method().options())));
      methods.add(method);
    }
    json.add("methods", methods);
    JsonArray taken = new JsonArray();
    metrics.forEach(
        (setting, metric) -> {
          JsonObject one = new JsonObject();
          one.addProperty("metric", setting.name());
          one.addProperty("direction", org.pellucid.api.Option.text(metric.direction()));
          one.add(
              "options",
              texts(Options.parse(metric.options(), setting.options()).describe(metric.options())));
          taken.add(one);
        });
    json.add("metrics", taken);
    json.addProperty(
        "target", request.target().map(TargetChoice::describe).orElse("classes of the data set"));
    json.addProperty("shown", org.pellucid.api.Option.text(request.shown()));
    json.addProperty("seed", request.seed());
    return json;
  }

  private static JsonObject texts(Map<String, String> values) {
    JsonObject json = new JsonObject();
    values.forEach(json::addProperty);
    return json;
  }

  /** Names and sizes of all images, in their order. */
  private String fingerprint() {
    Hasher hasher = Hashing.sha256().newHasher();
    for (Item item : data.items()) {
      long size;
      try {
        size = Files.size(item.file());
      } catch (IOException e) {
        size = -1;
      }
      hasher
          .putString(item.name() + "\n" + size + "\n", StandardCharsets.UTF_8)
          .putString(item.category().orElse(""), StandardCharsets.UTF_8);
    }
    return hasher.hash().toString();
  }

  /** Frees what the backends hold. */
  @Override
  public void close() {
    lineup.close();
  }
}
