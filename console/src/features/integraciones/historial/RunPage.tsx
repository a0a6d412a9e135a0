// One import: how far it is, and each row with what became of it and why.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { KeyValues, useNarrow } from "~/ui";
import { runQuery } from "./queries";
import { RunRows } from "./RunRows";
import { RunView } from "./RunView";
import { RunState, useAuthor, useTemplateNames } from "./words";
import "./historial.css";

const route = getRouteApi("/integraciones/historial/$import");

export function RunPage() {
    const { t } = useLingui();
    const format = useFormat();
    const authorOf = useAuthor();
    const names = useTemplateNames();
    const { import: id } = route.useParams();
    const run = useSuspenseQuery(runQuery(id)).data;
    const narrow = useNarrow();
    const facts = (
        <KeyValues
            facts={[
                [t`Empezó`, format.moment(run.created_at)],
                [t`Terminó`, run.finished_at && format.moment(run.finished_at)],
                [t`Quién`, authorOf(run.author)],
                [
                    t`Planilla`,
                    run.template ? (
                        <Link to="/integraciones/planillas" search={{ abierta: run.template.id }} className="link">
                            {t`${names(run.template)}, versión ${run.template.version}`}
                        </Link>
                    ) : (
                        t`Sin planilla`
                    ),
                ],
                [t`Hoja`, run.sheet],
            ]}
        />
    );
    return (
        <Page
            section={t`Historial`}
            title={run.file_name || t`Importación`}
            className={narrow ? "run-page" : "page-fill run-page"}
            bar={
                <Link to="/integraciones/historial" className="btn btn-quiet btn-s">
                    <ArrowLeft size={14} aria-hidden />
                    <Trans>Historial</Trans>
                </Link>
            }
        >
            <div className="run-head">
                <div className="row row-wrap">
                    <RunState run={run} pill />
                    {run.dry_run && (
                        <span className="dim">
                            <Trans>Vista previa: no se guardó nada</Trans>
                        </span>
                    )}
                </div>
                <div className="run-about">
                    <RunView run={run} />
                    {facts}
                </div>
            </div>
            <RunRows run={run} />
        </Page>
    );
}
