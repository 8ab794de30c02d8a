package org.pellucid.core.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.Need;
import org.pellucid.api.Progress;
import org.pellucid.api.Tap;
import org.pellucid.core.Examination;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Evaluation;
import org.pellucid.core.evaluate.EvaluationRequest;
import org.pellucid.core.evaluate.EvaluationResult;
import org.pellucid.core.image.SourceImage;

/**
 * A method with many settings, over the images of a data set, which may be one: an evaluation whose
 * contenders are the cells of a grid. Layers, and numbers of samples with equal noise and seed,
 * share their passes. Results are written as they come, and a run that was ended goes on where it
 * was.
 *
 * <pre>{@code
 * DataSet image = DataSet.open(Path.of("two-stars.png"));
 * try (Sweep sweep = Sweep.of(Pellucid.loader(), model, image, SweepRequest.DEFAULT)) {
 *   SweepSummary summary = sweep.run(Path.of("out"), Progress.NONE);
 *   SweepReport.write(Path.of("out"), sweep, summary, HeatmapSettings.DEFAULT);
 * }
 * }</pre>
 *
 * <p>To be used by one thread at a time. Close it after use; closing it twice is safe.
 */
public final class Sweep implements AutoCloseable {
  private final Evaluation evaluation;
  private final Explainer explainer;
  private final SweepRequest request;
  private final DataSet data;
  private final Grid grid;
  private EvaluationResult result;

  private Sweep(
      Evaluation evaluation, Explainer explainer, SweepRequest request, DataSet data, Grid grid) {
    this.evaluation = evaluation;
    this.explainer = explainer;
    this.request = request;
    this.data = data;
    this.grid = grid;
  }

  /**
   * Prepares a sweep; every name and number of the request is checked, and the model is loaded.
   *
   * @param loader how the model is read and run
   * @param model the model's file
   * @throws org.pellucid.api.InvalidRequestException if the request names what the model, the data
   *     set, the method or this software does not have
   */
  public static Sweep of(Loader loader, Path model, DataSet data, SweepRequest request) {
    Explainer explainer = loader.registry().explainer(request.method().id());
    Grid grid = Grid.of(explainer, request);
    EvaluationRequest evaluated =
        new EvaluationRequest(
            grid.settings(),
            request.layers(),
            request.metrics(),
            request.target(),
            EvaluationRequest.Shown.POSITIVE,
            false,
            0);
    return new Sweep(
        Evaluation.of(loader, model, List.of(), data, evaluated), explainer, request, data, grid);
  }

  /** The model. */
  public Pellucid model() {
    return evaluation.models().get(0);
  }

  /** By image of which there is nothing, the reason; after {@link #run}. */
  public Map<String, String> failures() {
    return result.failures();
  }

  /** The images. */
  DataSet data() {
    return data;
  }

  Grid grid() {
    return grid;
  }

  SweepRequest request() {
    return request;
  }

  /** What the evaluation has found so far. */
  EvaluationResult result() {
    return result;
  }

  /**
   * Runs the grid on all images that a directory does not have yet.
   *
   * @param directory where results are, or will be; made when it is missing
   * @param progress told of images
   * @throws org.pellucid.api.InvalidRequestException if the directory holds another evaluation, or
   *     cannot be written to
   * @throws org.pellucid.api.CancelledException if the thread is interrupted; what was found stays
   */
  public SweepSummary run(Path directory, Progress progress) {
    result = evaluation.run(directory, progress);
    return SweepSummary.of(grid, result);
  }

  /** What the model sees of an image of the data set. */
  Subject subject(DataSet.Item item) {
    return model().prepare(item.name(), SourceImage.read(item.file()));
  }

  /** The layers that are swept; none for a method that explains the input itself. */
  List<Layer> layers() {
    if (!explainer.needs().contains(Need.LAYER)) {
      return List.of();
    }
    TargetChoice choice = request.target().orElse(TargetChoice.TOP);
    return request.layers().isEmpty()
        ? List.of(model().layersBefore(choice).byDefault())
        : request.layers().stream().map(model().layers()::find).distinct().toList();
  }

  /**
   * The maps of one image, of the class that is explained first, with the first seed: per cell of
   * the grid, at one layer.
   *
   * @param layer empty for a method that explains the input itself
   */
  List<Explanation> maps(Subject subject, int classIndex, Optional<Layer> layer) {
    Set<Tap> taps = new LinkedHashSet<>();
    layer.ifPresent(found -> taps.add(found.tap()));
    Examination examination =
        model().examine(subject, model().ofClass(classIndex), taps, Progress.NONE);
    List<Explanation> maps = new ArrayList<>();
    for (Grid.Cell cell : grid.cells()) {
      Request one = Request.DEFAULT.withMethod(explainer.id());
      for (var option : grid.setting(cell).options().entrySet()) {
        one = one.withOption(option.getKey(), option.getValue());
      }
      if (layer.isPresent()) {
        one = one.withLayer(layer.get().tap().tensor());
      }
      maps.add(examination.explain(one));
    }
    return maps;
  }

  /** Frees what the backend holds. */
  @Override
  public void close() {
    evaluation.close();
  }
}
