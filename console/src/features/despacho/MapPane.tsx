// The tasks of the day where they are. The map is loaded when it is shown, and only then.
import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, memo, Suspense, useDeferredValue, useMemo } from "react";
import type { Pin } from "~/app/map/MapView";
import { FAMILY, face, placeOf } from "./model";
import type { Task } from "./queries";
import type { Board } from "./useBoard";
import { ICONS, titleOf, useWords } from "./words";

const MapView = lazy(() => import("~/app/map/MapView"));

export const MapPane = memo(function MapPane({ board, current, onOpen }: { board: Board; current?: string; onOpen: (task: Task) => void }) {
    const { t } = useLingui();
    const words = useWords();
    const { now } = board;
    // Thousands of pins may follow a moment later than the list.
    const listed = useDeferredValue(board.listed);
    const pins = useMemo(
        () =>
            listed.flatMap((task): Pin[] => {
                const place = placeOf(task);
                const is = face(task, now);
                return place ? [{ ...place, id: task.id, icon: ICONS[is], family: FAMILY[is], text: String(task.task_number ?? ""), name: `${task.task_number} · ${words.face[is]} · ${titleOf(task)}` }] : [];
            }),
        [listed, now, words],
    );
    const without = listed.length - pins.length;
    return (
        <div className="map-pane">
            <Suspense fallback={<div className="map" />}>
                <MapView label={t`Mapa de las tareas`} pins={pins} current={current} onOpen={(id) => {
                    const task = board.byId.get(id);
                    if (task) onOpen(task);
                }} />
            </Suspense>
            {without > 0 && (
                <p className="map-without">
                    <Trans>{without} sin punto en el mapa</Trans>
                </p>
            )}
        </div>
    );
});
