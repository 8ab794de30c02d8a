package org.pellucid.core.compare;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.core.Subject;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.io.PendingFile;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Pictures;

/**
 * Writes comparisons into a directory as they come, and keeps none of them: per image, target and
 * layer a contact sheet; and of all together {@code comparison.json} and {@code index.html}, which
 * appear when {@link #finish} is called. Closed before that, it leaves only contact sheets behind.
 * Each file appears complete or not at all. To be used by one thread.
 *
 * <pre>{@code
 * try (ComparisonReport report = ComparisonReport.into(out, comparison, HeatmapSettings.DEFAULT)) {
 *   comparison.compare(subject, Progress.NONE, layer -> report.add("two-stars", layer));
 *   report.finish();
 * }
 * }</pre>
 */
public final class ComparisonReport implements AutoCloseable {
  /** Pixels of the image in the page: enough for fine screens at 256. */
  private static final int IMAGE = 512;

  private final Path directory;
  private final Comparison comparison;
  private final HeatmapSettings rendering;
  private final Lettering lettering = new Lettering();
  private final FileNames names = new FileNames();
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private final Map<String, String> failures = new LinkedHashMap<>();
  private final PendingFile jsonFile;
  private final PendingFile sections;
  private final ComparisonJson json;
  private final Writer page;
  private Subject latest;
  private int images;

  private ComparisonReport(Path directory, Comparison comparison, HeatmapSettings rendering) {
    this.directory = directory;
    this.comparison = comparison;
    this.rendering = rendering;
    this.jsonFile = new PendingFile(directory.resolve("comparison.json"));
    PendingFile pending = null;
    try {
      pending = new PendingFile(directory.resolve("index.html"));
      this.sections = pending;
      this.page = writer(sections);
      this.json = new ComparisonJson(writer(jsonFile), comparison);
    } catch (IOException | RuntimeException e) {
      jsonFile.close();
      if (pending != null) {
        pending.close();
      }
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
  }

  private static Writer writer(PendingFile file) {
    return new BufferedWriter(new OutputStreamWriter(file.out(), StandardCharsets.UTF_8));
  }

  /**
   * Begins a report in a directory, which is made when it is missing.
   *
   * @throws org.pellucid.api.InvalidRequestException if it cannot be written to
   */
  public static ComparisonReport into(
      Path directory, Comparison comparison, HeatmapSettings rendering) {
    return new ComparisonReport(directory, comparison, rendering);
  }

  /**
   * Adds one image, target and layer.
   *
   * @param stem what the contact sheet's name begins with
   * @return the contact sheet
   * @throws org.pellucid.api.InvalidRequestException if it cannot be written
   */
  public Path add(String stem, LayerComparison layer) {
    String sheet = names.unique(stem) + ".comparison.png";
    Path file = directory.resolve(sheet);
    Pictures.writePng(new ContactSheet(rendering, lettering).draw(layer), file);
    layer.betweenBackends().forEach(pair -> verdicts.merge(pair.verdict(), 1L, Long::sum));
    try {
      json.add(layer, sheet);
      if (!layer.subject().equals(latest)) {
        latest = layer.subject();
        images++;
        page.write(ComparisonSection.style(Thumbnail.of(latest, IMAGE), images));
      }
      page.write(new ComparisonSection(layer, rendering, images).html());
      page.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** Notes an image for which there is no comparison. */
  public void failed(String image, String reason) {
    failures.put(image, reason);
  }

  /** How many pairs of backends so far have each verdict; none is left out. */
  public Map<Verdict, Long> verdicts() {
    return new EnumMap<>(verdicts);
  }

  /** Whether the names in the contact sheets could be written; not on a machine without fonts. */
  public boolean lettered() {
    return lettering.works();
  }

  /**
   * Puts {@code comparison.json} and {@code index.html} in their places.
   *
   * @return these files
   * @throws org.pellucid.api.InvalidRequestException if they cannot be written
   */
  public List<Path> finish() {
    Path html = directory.resolve("index.html");
    try {
      json.finish(failures, verdicts);
      page.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    jsonFile.commit();
    AtomicFiles.write(
        html,
        out -> {
          out.write(utf8(ComparisonPage.head(comparison, failures, verdicts)));
          sections.copyTo(out);
          out.write(utf8(ComparisonPage.foot(comparison)));
        });
    return List.of(directory.resolve("comparison.json"), html);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Removes what is not finished; closing twice is safe. */
  @Override
  public void close() {
    jsonFile.close();
    sections.close();
  }
}
