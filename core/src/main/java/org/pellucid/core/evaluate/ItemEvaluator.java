package org.pellucid.core.evaluate;

import com.google.common.hash.Hashing;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Progress;
import org.pellucid.api.Saliency;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Examination;
import org.pellucid.core.Foreseen;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.Subject;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.compare.Thumbnail;
import org.pellucid.core.dataset.AnnotatedObject;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.UnsupportedModelException;

/** Evaluates one image after the other: all classes, backends, methods and metrics of each. */
final class ItemEvaluator {
  /** Pixels of a picture's longer side. */
  private static final int PICTURE = 128;

  private final List<Pellucid> models;
  private final List<Contender> contenders;
  private final Map<Setting, Metric> metrics;
  private final EvaluationRequest request;
  private final ClassNames classes;
  private final Siblings siblings;
  private final Map<Shape, InputMaps> inputMaps = new HashMap<>();

  /**
   * An image as it was read, without a question to a network.
   *
   * @param present the classes that are there
   */
  record Picture(Item item, Subject subject, List<Placed> objects, Set<Integer> present) {}

  /** What was found of an image, and how long it took. */
  record Found(List<Outcome> outcomes, JsonObject timings) {}

  /** An object with its class among the model's, as far as it has one, within the input. */
  private record Placed(OptionalInt index, boolean anyClass, ObjectMask mask) {}

  ItemEvaluator(
      List<Pellucid> models,
      List<Contender> contenders,
      Map<Setting, Metric> metrics,
      EvaluationRequest request) {
    this.models = models;
    this.contenders = contenders;
    this.metrics = metrics;
    this.request = request;
    this.classes = new ClassNames(models.get(0));
    this.siblings = new Siblings(contenders);
  }

  /** Reads an image; safe for use by several threads. */
  Picture read(Item item) {
    Pellucid first = models.get(0);
    Subject subject = first.prepare(item.name(), SourceImage.read(item.file()));
    List<Placed> objects = new ArrayList<>();
    Set<Integer> present = new LinkedHashSet<>();
    item.category().map(classes::indexOf).ifPresent(index -> index.ifPresent(present::add));
    for (AnnotatedObject object : item.annotations().objects()) {
      OptionalInt index =
          object.index().isPresent() ? object.index() : classes.indexOf(object.category());
      Optional<ObjectMask> mask = object.outline().on(subject.geometry());
      if (mask.isPresent()) {
        index.ifPresent(present::add);
        boolean anyClass = index.isEmpty() && object.category().isEmpty();
        objects.add(new Placed(index, anyClass, mask.get()));
      }
    }
    return new Picture(item, subject, objects, present);
  }

  Found evaluate(Picture picture) {
    Item item = picture.item();
    Subject subject = picture.subject();
    TargetChoice choice = choice(picture.present());
    Timings timings = new Timings(item.name());
    List<Outcome> outcomes = new ArrayList<>();
    for (Pellucid model : models) {
      LoadedModel network = model.model(taps(model, choice));
      Foreseen foreseen =
          model
              .foresee(contenders.stream().map(Contender::method).toList(), layers())
              .withSamples(siblings.samples());
      List<Examination> examinations =
          model.examine(network, subject, choice, foreseen, Progress.NONE);
      // Resolved once: backends that round differently could disagree about close classes.
      choice =
          TargetChoice.of(examinations.stream().map(Examination::target).toArray(Target[]::new))
              .reading(model.reads(choice));
      Answers ofImage = new Answers();
      for (Examination examination : examinations) {
        int index = examination.target().shownClass().orElse(-1);
        List<ObjectMask> own =
            picture.objects().stream()
                .filter(object -> object.anyClass() || object.index().equals(OptionalInt.of(index)))
                .map(Placed::mask)
                .toList();
        outcomes.addAll(
            evaluate(
                new Scene(model, network, subject, foreseen, examination, own, seed(item), ofImage),
                timings));
      }
    }
    return new Found(outcomes, timings.toJson());
  }

  /** A map over its image; empty where it cannot be made again. */
  Optional<BufferedImage> draw(Item item, Series series, int classIndex) {
    try {
      Pellucid model =
          models.stream()
              .filter(one -> one.backend().id().equals(series.backend()))
              .findFirst()
              .orElseThrow();
      Contender contender =
          contenders.stream()
              .filter(
                  one -> one.name().equals(series.method()) && one.place().equals(series.layer()))
              .findFirst()
              .orElseThrow();
      Subject subject = model.prepare(item.name(), SourceImage.read(item.file()));
      Examination examination =
          model.examine(subject, model.ofClass(classIndex), layers(), Progress.NONE);
      Saliency saliency = contender.explain(examination, seed(item));
      return Optional.of(
          Thumbnail.of(subject, PICTURE).overlay(saliency.map(), HeatmapSettings.DEFAULT));
    } catch (PellucidException | NoSuchElementException e) {
      // It was there before: the page does without it.
      return Optional.empty();
    }
  }

  private TargetChoice choice(Set<Integer> present) {
    if (request.target().isPresent()) {
      return request.target().get();
    }
    return present.isEmpty()
        ? TargetChoice.TOP
        : TargetChoice.of(present.stream().map(models.get(0)::ofClass).toArray(Target[]::new));
  }

  private Set<Tap> layers() {
    Set<Tap> taps = new LinkedHashSet<>();
    contenders.forEach(each -> each.layer().ifPresent(layer -> taps.add(layer.tap())));
    return taps;
  }

  private Set<Tap> taps(Pellucid model, TargetChoice choice) {
    Set<Tap> taps = layers();
    taps.add(model.reads(choice));
    return taps;
  }

  /** By the image's name: the same wherever it stands in the data set. */
  private long seed(Item item) {
    return Hashing.sha256().hashString(item.name(), StandardCharsets.UTF_8).asLong()
        ^ request.seed();
  }

  private List<Outcome> evaluate(Scene scene, Timings timings) {
    InputMaps maps =
        inputMaps.computeIfAbsent(
            scene.subject().space(), space -> new InputMaps(space, request.shown()));
    Prediction target = scene.examination().prediction();
    int predicted = scene.examination().predicted().index();
    double confidence =
        scene.probability().target().value(scene.probability().scores().toDoubleArray());
    List<Outcome> outcomes = new ArrayList<>();
    Map<Contender, Saliency> explained = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      String status = "";
      String failure = "";
      Map<String, Measurement> found = new LinkedHashMap<>();
      try {
        Saliency saliency =
            timings.time(
                scene,
                contender,
                "explain",
                () -> contender.explain(scene.examination(), scene.seed()));
        explained.put(contender, saliency);
        status = Option.text(saliency.status());
        ExaminedTrial trial = new ExaminedTrial(scene, contender, maps, saliency);
        metrics.forEach(
            (setting, metric) ->
                found.put(
                    setting.name(),
                    timings.time(
                        scene,
                        contender,
                        setting.name(),
                        () ->
                            metric.measure(
                                trial, Options.parse(metric.options(), setting.options())))));
      } catch (InvalidRequestException | UnsupportedModelException e) {
        // Names and numbers were checked before: this method cannot do it on this model or image.
        found.clear();
        failure = e.getMessage();
      }
      outcomes.add(
          new Outcome(
              scene.subject().name(),
              target.index(),
              target.name(),
              predicted,
              confidence,
              scene.objects().size(),
              scene.pellucid().backend().id(),
              contender.place(),
              contender.name(),
              status,
              found,
              failure));
    }
    for (int i = 0; i < outcomes.size(); i++) {
      outcomes.set(i, outcomes.get(i).with(siblings.measure(contenders.get(i), explained)));
    }
    return outcomes;
  }
}
