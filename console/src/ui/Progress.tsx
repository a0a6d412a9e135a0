// A bar that moves because work moves: count, rate, time left, and a way to stop.
import type { ReactNode } from "react";
import { Label, ProgressBar } from "react-aria-components";

export function Progress({ label, value, max, right, children }: { label: string; value: number; max: number; right?: ReactNode; children?: ReactNode }) {
    return (
        <div className="progress">
            <ProgressBar value={value} maxValue={Math.max(max, 1)}>
                {({ percentage }) => (
                    <>
                        <div className="row">
                            <Label>
                                <b>{label}</b>
                            </Label>
                            <span className="grow" />
                            {right && <span className="dim">{right}</span>}
                        </div>
                        <div className="track">
                            <i style={{ width: `${percentage ?? 0}%` }} />
                        </div>
                    </>
                )}
            </ProgressBar>
            {children}
        </div>
    );
}
