package org.pellucid.it.plugins;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.BackendException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.core.Registry;
import org.pellucid.testkit.Networks;

/** The work of {@link DjlLoadersIT}: uses DJL from several places, and prints what comes of it. */
final class DjlLoaders {
  private DjlLoaders() {}

  /** Takes places, in the order in which they are tried: {@code -}, or a plugin directory. */
  public static void main(String[] places) {
    for (String place : places) {
      Registry registry =
          place.equals("-") ? Registry.ofClassPath() : Registry.withPlugins(Path.of(place));
      List<GradientBackend> found =
          registry.backends().stream().filter(backend -> backend.id().equals("djl")).toList();
      // With a class path that has it, the plugin's comes second.
      System.out.println(scores(found.get(found.size() - 1)));
    }
  }

  private static String scores(GradientBackend backend) {
    try (LoadedModel model = backend.load(Networks.knownAnswer(), LoadOptions.DEFAULT);
        ForwardPass pass = model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of())) {
      return "score " + pass.outputs().get("scores").get(0);
    } catch (BackendException e) {
      return "refused " + backend.availability().available() + " " + e.getMessage();
    }
  }
}
