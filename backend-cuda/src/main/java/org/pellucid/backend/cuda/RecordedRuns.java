package org.pellucid.backend.cuda;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of a plan, of which those that come again are recorded: as long as a plan's inputs and
 * results have the memory that they had before, which they mostly have when passes of equal shape
 * follow one another, all its launches cost as much as one. Used by who has the context.
 */
final class RecordedRuns implements AutoCloseable {
  /** The system property that says whether launches are recorded; they are unless it is false. */
  static final String PROPERTY = "pellucid.cuda.graphs";

  private static final Logger LOG = LoggerFactory.getLogger(RecordedRuns.class);

  /** With fewer launches there is little to gain. */
  private static final int FEWEST_STEPS = 4;

  /** Recordings that are kept of a plan. */
  private static final int MOST = 4;

  private final CudaContext context;
  private final Plan plan;
  private final Set<Place> moving = new LinkedHashSet<>();
  private boolean recording;

  /** By where things are; null for what was run once. The one used longest ago comes first. */
  private final Map<List<Long>, CudaGraph> recorded = new LinkedHashMap<>(8, 0.75f, true);

  /** Runs of a plan. */
  RecordedRuns(CudaContext context, Plan plan) {
    this.context = context;
    this.plan = plan;
    this.recording =
        !"false".equals(System.getProperty(PROPERTY))
            && context.canCapture()
            && !context.synchronous()
            && plan.steps().size() >= FEWEST_STEPS
            && plan.steps().stream().allMatch(Step::isRecordable);
    for (Step step : plan.steps()) {
      for (Place place : step.places()) {
        if (!(place instanceof Place.Fixed) && place != Place.NOWHERE) {
          moving.add(place);
        }
      }
    }
  }

  /** Does a run. */
  void run(Run run) {
    if (!recording) {
      launch(run);
      return;
    }
    List<Long> key = moving.stream().map(run::address).toList();
    CudaGraph graph = recorded.get(key);
    if (graph == null && recorded.containsKey(key)) {
      graph = record(run);
    }
    if (graph == null) {
      launch(run);
    } else {
      graph.launch();
    }
    if (recording) {
      keep(key, graph);
    }
  }

  private void launch(Run run) {
    plan.steps().forEach(step -> step.run(run));
  }

  /** The run as a recording; null where the driver does not record it. */
  private CudaGraph record(Run run) {
    try {
      return context.capture(() -> launch(run));
    } catch (CudaException e) {
      if (!context.usable()) {
        throw e;
      }
      LOG.warn("Launches are not recorded any more, as the driver does not: {}", e.getMessage());
      close();
      recording = false;
      return null;
    }
  }

  private void keep(List<Long> key, CudaGraph graph) {
    recorded.put(key, graph);
    if (recorded.size() > MOST) {
      CudaGraph eldest = recorded.remove(recorded.keySet().iterator().next());
      if (eldest != null) {
        eldest.close();
      }
    }
  }

  @Override
  public void close() {
    recorded.values().stream().filter(graph -> graph != null).forEach(CudaGraph::close);
    recorded.clear();
  }
}
