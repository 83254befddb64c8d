import { join } from 'node:path';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { GLANCE, type PanelSpec, ROWS } from './panels.ts';

/**
 * The Grafana dashboard, built from the list of panels. Run as a program, it writes `dashboard.json` beside itself.
 *
 * Usage: bun grafana/dashboard.ts
 */
const FILE = join(import.meta.dir, 'dashboard.json');

/** The Prometheus that the reader picks on the dashboard. */
const SOURCE = { type: 'prometheus', uid: '$datasource' };

/** Single numbers show the latest value. */
const LAST = new ReduceDataOptionsBuilder().calcs(['lastNotNull']);

/** Grafana's grid is 24 columns wide. */
const COLUMNS = 24;

export function dashboard(): Dashboard {
  const board = new DashboardBuilder('OTP service')
    .uid('otp-service')
    .description('Codes issued, verified, expired and guessed; requests, store, wheel and process.')
    .tags(['otp'])
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('namespace')
        .label('Namespace')
        .datasource(SOURCE)
        .query('label_values(otp_build_info, namespace)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        // Also matches series without a namespace, as a Prometheus outside Kubernetes has them.
        .allValue('.*')
        .current({ text: 'All', value: '$__all' }),
    );

  for (const panel of GLANCE) {
    const stat = new StatBuilder()
      .reduceOptions(LAST)
      .height(4)
      .span(COLUMNS / GLANCE.length);
    board.withPanel(filled(stat, panel));
  }
  for (const [title, panels] of Object.entries(ROWS)) {
    board.withRow(new RowBuilder(title));
    for (const panel of panels)
      board.withPanel(
        filled(
          new TimeseriesBuilder()
            .height(8)
            .span(COLUMNS / panels.length)
            .min(0),
          panel,
        ),
      );
  }
  return board.build();
}

/** Fills in what both kinds of panel share. */
function filled<P extends StatBuilder | TimeseriesBuilder>(panel: P, spec: PanelSpec): P {
  panel.title(spec.title).description(spec.description).unit(spec.unit).datasource(SOURCE);
  for (const [index, [expr, legend]] of spec.queries.entries())
    panel.withTarget(query(expr, legend, String.fromCharCode(65 + index)));
  return panel;
}

function query(expr: string, legend: string, refId: string): Builder<Dataquery> {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).refId(refId).datasource(SOURCE);
}

if (import.meta.main) await Bun.write(FILE, `${JSON.stringify(dashboard(), null, 2)}\n`);
