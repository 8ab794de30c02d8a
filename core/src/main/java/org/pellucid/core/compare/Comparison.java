package org.pellucid.core.compare;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.pellucid.api.BackendException;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Examination;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Lineup;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.compare.LayerComparison.MethodAgreement;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Methods on backends, all else equal: the model is read once, and each image's target is resolved
 * once, on the first backend; selection and noise are the same for all. On each backend, what one
 * method has asked of the network is remembered for the others, at all layers.
 *
 * <pre>{@code
 * try (Comparison comparison =
 *     Comparison.of(Pellucid.loader(), Path.of("shapes.onnx"), List.of(), ComparisonRequest.DEFAULT)) {
 *   Subject subject = comparison.prepare(Path.of("two-stars.png"));
 *   comparison.compare(subject, Progress.NONE, layer -> System.out.println(layer.betweenBackends()));
 * }
 * }</pre>
 *
 * <p>To be used by one thread at a time. Close it after use; closing it twice is safe.
 */
public final class Comparison implements AutoCloseable {
  private static final Set<Need> OF_FEW_PASSES =
      Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NOISY_COPIES);

  private final Lineup lineup;
  private final ComparisonRequest request;
  private final List<Pellucid> models;
  private final List<Explainer> methods;
  private final List<Place> places;
  private final Map<String, String> leftOut;
  private final double tolerance;
  private Pellucid precise;

  private Comparison(
      Lineup lineup, Registry registry, List<String> named, ComparisonRequest asked) {
    this.lineup = lineup;
    this.request = asked;
    this.leftOut = new LinkedHashMap<>(lineup.leftOut());
    this.methods = methods(registry, asked);
    this.places = places(lineup.models().get(0), asked);
    checkOptions();
    Precision precision = lineup.models().get(0).loadOptions().precision();
    this.tolerance = asked.tolerance().orElse(Tolerance.of(precision));
    this.models = usable(named);
  }

  /**
   * Prepares a comparison; every name and number of the request is checked, and the model is loaded
   * into the backends.
   *
   * @param loader how the model is read and run; its backend is not looked at
   * @param model the model's file
   * @param backends ids; empty for all there are, of which those that cannot be used are left out
   * @throws InvalidRequestException if the request names what the model or this software does not
   *     have
   * @throws org.pellucid.graph.MalformedInputException if the model is missing or damaged
   * @throws UnsupportedModelException if it uses what is not supported by the reader, by a backend
   *     that was named, or by every one
   * @throws BackendException if a backend that was named, or every one, is not available as asked
   *     for
   */
  public static Comparison of(
      Loader loader, Path model, List<String> backends, ComparisonRequest request) {
    Registry registry = loader.registry();
    // A misspelt method should not wait for a large model.
    methods(registry, request);
    Lineup lineup = loader.loadOn(model, backends);
    try {
      return new Comparison(lineup, registry, backends, request);
    } catch (RuntimeException | Error e) {
      lineup.close();
      throw e;
    }
  }

  private static List<Explainer> methods(Registry registry, ComparisonRequest request) {
    if (request.methods().equals(ComparisonRequest.ALL)) {
      return registry.explainers();
    }
    if (request.methods().isEmpty()) {
      // Those of a layer that cost a pass or a few, and that any model can serve.
      return registry.explainers().stream()
          .filter(method -> OF_FEW_PASSES.containsAll(method.needs()))
          .toList();
    }
    return request.methods().stream().map(registry::explainer).distinct().toList();
  }

  private static List<Place> places(Pellucid model, ComparisonRequest request) {
    List<Layer> layers =
        request.layers().isEmpty()
            ? List.of(model.layersBefore(request.target()).byDefault())
            : request.layers().stream().map(model.layers()::find).distinct().toList();
    return request.fusion().isPresent()
        ? List.of(new Place(layers, request.fusion()))
        : layers.stream().map(Place::of).toList();
  }

  /** Each option must be for one of the methods at least. */
  private void checkOptions() {
    Set<String> known = new LinkedHashSet<>();
    methods.forEach(method -> method.options().forEach(option -> known.add(option.name())));
    for (String name : request.options().keySet()) {
      if (!known.contains(name)) {
        throw new InvalidRequestException(
            "None of the methods "
                + methods.stream().map(Explainer::id).toList()
                + " has an option \""
                + name
                + "\"; "
                + (known.isEmpty() ? "they have none" : "there are " + String.join(", ", known)));
      }
    }
  }

  /** Loads the model into the backends; those that were not named may fail to. */
  private List<Pellucid> usable(List<String> named) {
    List<Pellucid> usable = new ArrayList<>();
    RuntimeException failure = null;
    for (Pellucid model : lineup.models()) {
      try {
        for (Place place : places) {
          for (Explainer method : methods) {
            // One that was not named, and takes no layer, may not fit: its cells say why.
            if (request.namesMethods() || takesLayer(method)) {
              model.check(requestOf(method, place));
            }
          }
        }
        // All layers together may need another form of the network than each.
        model.model(taps());
        usable.add(model);
      } catch (BackendException | UnsupportedModelException e) {
        if (!named.isEmpty()) {
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

  private Set<Tap> taps() {
    Set<Tap> taps = new LinkedHashSet<>();
    places.forEach(place -> taps.addAll(place.taps()));
    return taps;
  }

  private List<Examination> examine(
      Pellucid model, Subject subject, TargetChoice choice, Progress progress) {
    Set<Tap> all = taps();
    all.add(model.reads(choice));
    return model.examine(
        model.model(all), subject, choice, model.foresee(methods, taps()), progress);
  }

  /** Whether a method explains a layer, rather than the input itself. */
  private static boolean takesLayer(Explainer method) {
    return method.needs().contains(Need.LAYER);
  }

  private Request requestOf(Explainer method, Place place) {
    Map<String, String> own = new LinkedHashMap<>();
    for (Option<?> option : method.options()) {
      String value = request.options().get(option.name());
      if (value != null) {
        own.put(option.name(), value);
      }
    }
    return new Request(
        method.id(),
        own,
        takesLayer(method) ? place.taps().stream().map(Tap::tensor).toList() : List.of(),
        takesLayer(method) ? place.fusion() : Optional.empty(),
        request.target(),
        request.maps(),
        request.cells(),
        request.pixels(),
        request.neurons(),
        OptionalInt.empty());
  }

  /** The model on each backend that takes part, the first of which resolves targets. */
  public List<Pellucid> models() {
    return models;
  }

  /** The ids of the methods that take part. */
  public List<String> methods() {
    return methods.stream().map(Explainer::id).toList();
  }

  /** The layers that are looked at, each or fused. */
  public List<Place> places() {
    return places;
  }

  /** The backends that cannot be used as asked for, by id, each with the reason. */
  public Map<String, String> leftOut() {
    return ImmutableMap.copyOf(leftOut);
  }

  /** Up to which relative difference maps of two backends agree. */
  public double tolerance() {
    return tolerance;
  }

  /** Reads an image file and makes the network's input of it. */
  public Subject prepare(Path image) {
    return models.get(0).prepare(String.valueOf(image.getFileName()), SourceImage.read(image));
  }

  /** Takes raw inputs of one sample. */
  public Subject prepare(String name, Map<String, Tensor> inputs) {
    return models.get(0).prepare(name, inputs);
  }

  /**
   * Compares on an image. Each target and place is handed on as soon as it is done, and not kept.
   *
   * @throws InvalidRequestException if the image does not fit the request
   * @throws BackendException if a backend fails, or a method that was named cannot be used
   * @throws org.pellucid.api.CancelledException if the thread is interrupted
   */
  public void compare(Subject subject, Progress progress, Consumer<LayerComparison> consumer) {
    // Else every method would refuse what none of them can do.
    subject.toInput(request.pixels());
    List<Examination> onFirst = examine(models.get(0), subject, request.target(), progress);
    // Resolved once: backends that round differently could disagree about close classes.
    TargetChoice resolved =
        TargetChoice.of(onFirst.stream().map(Examination::target).toArray(Target[]::new))
            .reading(models.get(0).reads(request.target()));
    List<List<Examination>> others = new ArrayList<>();
    for (Pellucid model : models.subList(1, models.size())) {
      others.add(examine(model, subject, resolved, progress));
    }
    for (int number = 0; number < onFirst.size(); number++) {
      Examination first = onFirst.get(number);
      List<Examination> examinations = new ArrayList<>(List.of(first));
      for (List<Examination> onOther : others) {
        examinations.add(onOther.get(number));
      }
      KinkInquiry inquiry =
          new KinkInquiry(
              subject,
              first.choice(),
              this::precise,
              Math.min(tolerance, Tolerance.of(Precision.FLOAT32)),
              progress);
      Map<String, List<Cell>> ofInput = new HashMap<>();
      for (Place place : places) {
        consumer.accept(
            compare(subject, first.prediction(), place, examinations, inquiry, ofInput));
      }
    }
  }

  private LayerComparison compare(
      Subject subject,
      Prediction target,
      Place place,
      List<Examination> examinations,
      KinkInquiry inquiry,
      Map<String, List<Cell>> ofInput) {
    List<Cell> cells = new ArrayList<>();
    for (Explainer method : methods) {
      // What explains the input is the same at every layer.
      List<Cell> row = ofInput.get(method.id());
      if (row == null) {
        row = row(method, place, examinations);
      }
      if (!takesLayer(method)) {
        ofInput.put(method.id(), row);
      }
      cells.addAll(row);
    }
    List<BackendAgreement> betweenBackends = new ArrayList<>();
    List<MethodAgreement> betweenMethods = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      for (int j = i + 1; j < cells.size(); j++) {
        Cell a = cells.get(i);
        Cell b = cells.get(j);
        if (a.explanation().isEmpty() || b.explanation().isEmpty()) {
          continue;
        }
        if (a.method().equals(b.method())) {
          betweenBackends.add(agreement(a, b, place, inquiry));
        } else if (a.backend().equals(b.backend()) && a.map().length == b.map().length) {
          betweenMethods.add(
              new MethodAgreement(
                  a.backend(), a.method(), b.method(), MapAgreement.of(a.map(), b.map())));
        }
      }
    }
    return new LayerComparison(
        subject,
        target,
        models.get(0).backend().id(),
        place,
        methods(),
        models.stream().map(model -> model.backend().id()).toList(),
        cells,
        tolerance,
        betweenBackends,
        betweenMethods);
  }

  /** A method on each backend. */
  private List<Cell> row(Explainer method, Place place, List<Examination> examinations) {
    List<Cell> row = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      row.add(cell(method, place, models.get(i), examinations.get(i)));
    }
    return row;
  }

  private Cell cell(Explainer method, Place place, Pellucid model, Examination examination) {
    String backend = model.backend().id();
    try {
      Explanation explanation = examination.explain(requestOf(method, place));
      return new Cell(method.id(), backend, Optional.of(explanation), "");
    } catch (InvalidRequestException | UnsupportedModelException e) {
      // Names and numbers were checked before: this method cannot do it on this model.
      if (request.namesMethods()) {
        throw e;
      }
      return new Cell(method.id(), backend, Optional.empty(), e.getMessage());
    }
  }

  private BackendAgreement agreement(Cell a, Cell b, Place place, KinkInquiry inquiry) {
    MapAgreement agreement = MapAgreement.of(a.map(), b.map());
    if (agreement.relative() <= tolerance) {
      return new BackendAgreement(
          a.method(), a.backend(), b.backend(), agreement, 0, Optional.empty());
    }
    Settlement settlement = settlement(a, b, place, inquiry);
    return new BackendAgreement(
        a.method(),
        a.backend(),
        b.backend(),
        agreement,
        MapAgreement.cellsBeyond(a.map(), b.map(), tolerance),
        Optional.of(settlement));
  }

  private Settlement settlement(Cell a, Cell b, Place place, KinkInquiry inquiry) {
    Explanation here = a.explanation().orElseThrow();
    Explanation there = b.explanation().orElseThrow();
    if (here.precision() != Precision.FLOAT32) {
      return Settlement.unexplained(
          "Kinks are looked for in float32 alone, where double precision can settle it; this ran in "
              + here.precision().id()
              + ".");
    }
    Explainer method =
        methods.stream().filter(each -> each.id().equals(a.method())).findFirst().orElseThrow();
    return inquiry.settle(
        requestOf(method, place), model(a.backend()), here, model(b.backend()), there);
  }

  private Pellucid model(String backend) {
    return models.stream()
        .filter(model -> model.backend().id().equals(backend))
        .findFirst()
        .orElseThrow();
  }

  /** The model in double precision, loaded when it is first needed. */
  private Pellucid precise() {
    if (precise == null) {
      precise = models.get(0).in(Precision.FLOAT64);
    }
    return precise;
  }

  /** Frees what the backends hold. */
  @Override
  public void close() {
    try {
      lineup.close();
    } finally {
      if (precise != null) {
        precise.close();
        precise = null;
      }
    }
  }
}
