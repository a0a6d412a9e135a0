// What the pages of forms, task types and look-up tables write, and what a drawer asks: loaded with them, not with the routes.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, idempotencyKey, ifMatch } from "~/api/client";
import { at } from "./queries";

export const makeType = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/task-types", { params: { header: once }, body: body as never }));
export const oneType = (id: string) => answer(api.GET("/v1/task-types/{reference}", { params: at(id) }));
export const changeType = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/task-types/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeType = (id: string, version: number) => answer(api.DELETE("/v1/task-types/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const typeVersions = (id: string) => answer(api.GET("/v1/task-types/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));

export const makeForm = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/forms", { params: { header: once }, body: body as never }));
export const changeForm = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/forms/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeForm = (id: string, version: number) => answer(api.DELETE("/v1/forms/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const formVersions = (id: string) => answer(api.GET("/v1/forms/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));

export const itemQuery = (id: string) => queryOptions({ queryKey: ["definitions", "items", "one", id], queryFn: () => oneItem(id) });
export const makeItem = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/catalogue-items", { params: { header: once }, body: body as never }));
export const oneItem = (id: string) => answer(api.GET("/v1/catalogue-items/{reference}", { params: at(id) }));
export const changeItem = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/catalogue-items/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeItem = (id: string, version: number) => answer(api.DELETE("/v1/catalogue-items/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const itemVersions = (id: string) => answer(api.GET("/v1/catalogue-items/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));
