/**
 * Methods and backends side by side on the same model, image, target and selection: how far their
 * maps agree, and reports of it.
 */
package org.pellucid.core.compare;
