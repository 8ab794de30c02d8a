package org.pellucid.backend.cuda;

import org.pellucid.graph.Operation;

/** How one operation becomes steps. */
@FunctionalInterface
interface Lowering<O extends Operation> {
  /** Adds the steps that compute the node at a site. */
  void lower(O operation, Site site);
}
