package org.pellucid.backend.cuda;

import java.util.List;

/** A step that may still take the next ones in. */
interface Draft {
  /** The steps that it has become. */
  List<Step> steps();
}
