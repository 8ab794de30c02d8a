package org.pellucid.core.sweep;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Subject;
import org.pellucid.core.compare.MapSheet;
import org.pellucid.core.compare.MapSheet.Picture;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.evaluate.Csv;
import org.pellucid.core.evaluate.EvaluationReport;
import org.pellucid.core.evaluate.Outcome;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Pictures;
import org.pellucid.core.sweep.SweepSummary.Row;

/**
 * Writes what a sweep has found: {@code results.csv} (a row per map and metric), {@code sweep.csv}
 * (a row per metric, layer and cell of the grid), {@code sweep.json} (the same, with what was
 * swept), contact sheets of the first images, and {@code index.html}, a page with plots that needs
 * no network.
 */
public final class SweepReport {
  /** How many images have contact sheets. */
  static final int SHEETS = 3;

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  private SweepReport() {}

  /**
   * Writes all files into a directory.
   *
   * @param sweep that was run into it
   * @return the files
   * @throws org.pellucid.api.InvalidRequestException if they cannot be written
   */
  public static List<Path> write(
      Path directory, Sweep sweep, SweepSummary summary, HeatmapSettings rendering) {
    List<Path> files = new ArrayList<>();
    files.add(text(directory.resolve("results.csv"), EvaluationReport.results(sweep.result())));
    files.add(text(directory.resolve("sweep.csv"), csv(summary)));
    files.add(text(directory.resolve("sweep.json"), json(sweep, summary)));
    Map<String, BufferedImage> sheets = sheets(sweep, rendering);
    sheets.forEach(
        (name, sheet) -> {
          Path file = directory.resolve(name);
          Pictures.writePng(sheet, file);
          files.add(file);
        });
    files.add(text(directory.resolve("index.html"), SweepPage.of(sweep, summary, sheets)));
    return files;
  }

  private static Path text(Path file, String text) {
    AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    return file;
  }

  private static String csv(SweepSummary summary) {
    Csv csv =
        new Csv(
            "metric",
            "layer",
            "samples",
            "noise",
            "seeds",
            "images",
            "mean",
            "low",
            "high",
            "deviation over seeds",
            "less most samples",
            "less most low",
            "less most high",
            "less most effect");
    for (Row row : summary.rows()) {
      csv.row(
          row.metric(),
          row.layer(),
          number(row.samples()),
          number(row.noise()),
          row.seeds(),
          row.images(),
          row.mean(),
          row.interval().map(interval -> interval.low()).orElse(null),
          row.interval().map(interval -> interval.high()).orElse(null),
          number(row.overSeeds()),
          row.lessMost().map(difference -> difference.mean()).orElse(null),
          row.lessMost().map(difference -> difference.interval().low()).orElse(null),
          row.lessMost().map(difference -> difference.interval().high()).orElse(null),
          row.lessMost().map(difference -> difference.effect()).orElse(null));
    }
    return csv.toString();
  }

  private static Double number(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static Integer number(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  private static String json(Sweep sweep, SweepSummary summary) {
    JsonObject json = new JsonObject();
    json.addProperty("schema", "pellucid-sweep-1");
    json.addProperty("method", sweep.request().method().name());
    json.add("evaluation", sweep.result().configuration());
    json.addProperty("images", sweep.result().images());
    JsonObject failures = new JsonObject();
    sweep.result().failures().forEach(failures::addProperty);
    json.add("failures", failures);
    JsonArray rows = new JsonArray();
    for (Row row : summary.rows()) {
      JsonObject one = new JsonObject();
      one.addProperty("metric", row.metric());
      one.addProperty("layer", row.layer());
      one.addProperty("samples", number(row.samples()));
      one.addProperty("noise", number(row.noise()));
      one.addProperty("seeds", row.seeds());
      one.addProperty("images", row.images());
      one.addProperty("mean", row.mean());
      row.interval()
          .ifPresent(
              interval -> {
                one.addProperty("low", interval.low());
                one.addProperty("high", interval.high());
                one.addProperty("confidence", interval.confidence());
              });
      one.addProperty("deviationOverSeeds", number(row.overSeeds()));
      row.lessMost()
          .ifPresent(
              difference -> {
                JsonObject less = new JsonObject();
                less.addProperty("mean", difference.mean());
                less.addProperty("low", difference.interval().low());
                less.addProperty("high", difference.interval().high());
                less.addProperty("effect", difference.effect());
                less.addProperty("p", difference.pValue());
                one.add("lessMostSamples", less);
              });
      rows.add(one);
    }
    json.add("rows", rows);
    return GSON.toJson(json) + "\n";
  }

  /** By file name, of the first images that could be evaluated: noise downwards, samples across. */
  private static Map<String, BufferedImage> sheets(Sweep sweep, HeatmapSettings rendering) {
    MapSheet sheet = new MapSheet(rendering);
    Map<String, BufferedImage> sheets = new LinkedHashMap<>();
    FileNames names = new FileNames();
    List<Optional<Layer>> layers = new ArrayList<>();
    sweep.layers().forEach(layer -> layers.add(Optional.of(layer)));
    if (layers.isEmpty()) {
      layers.add(Optional.empty());
    }
    for (Item item : sweep.data().items()) {
      Optional<Outcome> first =
          sweep.result().outcomes().stream()
              .filter(outcome -> outcome.image().equals(item.name()))
              .findFirst();
      if (sheets.size() >= SHEETS * layers.size() || first.isEmpty()) {
        continue;
      }
      Subject subject = sweep.subject(item);
      for (Optional<Layer> layer : layers) {
        List<Explanation> maps = sweep.maps(subject, first.get().classIndex(), layer);
        String place = layer.map(found -> found.tap().tensor()).orElse("input");
        String name = FileNames.stem(item.file());
        if (layers.size() > 1) {
          name += "." + FileNames.safe(place);
        }
        sheets.put(
            names.unique(name) + ".sweep.png",
            sheet.draw(
                item.name() + ": " + first.get().className(),
                sweep.request().method().name() + ", layer " + place + ", seed 0",
                subject,
                rows(sweep.grid(), maps)));
      }
    }
    return sheets;
  }

  private static List<List<Picture>> rows(Grid grid, List<Explanation> maps) {
    Map<OptionalDouble, List<Picture>> rows = new LinkedHashMap<>();
    for (int i = 0; i < maps.size(); i++) {
      Grid.Cell cell = grid.cells().get(i);
      rows.computeIfAbsent(cell.noise(), noise -> new ArrayList<>())
          .add(
              Picture.of(
                  maps.get(i),
                  cell.name(),
                  org.pellucid.api.Option.text(maps.get(i).saliency().status())));
    }
    return new ArrayList<>(rows.values());
  }
}
