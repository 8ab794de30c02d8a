package org.pellucid.backend.cuda;

import java.util.List;

/** One thing that a plan does. */
interface Step {
  /** The places that it reads or writes; a slot is in use from the first step to the last. */
  List<Place> places();

  /** Does it, or hands it to the stream. */
  void run(Run run);
}
