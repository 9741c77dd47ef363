import '@powerrag/exporter/register';
import 'reflect-metadata';
import { Body, Controller, type MiddlewareConsumer, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { observe, propagateAttributes } from '@powerrag/tracing';
import type { NextFunction, Request, Response } from 'express';
import OpenAI from 'openai';

const client = new OpenAI();
const complete = observe(client.chat.completions.create.bind(client.chat.completions), {
  name: 'complete',
  asType: 'generation',
});

@Controller()
class Chat {
  @Post('ask')
  @observe({ name: 'answer', asType: 'chain' })
  async ask(@Body('question') question: string) {
    const messages = [{ role: 'user' as const, content: question }];
    const { choices } = await complete({ model: 'gpt-4o-mini', messages });
    return { answer: choices[0]?.message.content };
  }
}

@Module({ controllers: [Chat] })
class Application {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((request: Request, _response: Response, next: NextFunction) =>
        propagateAttributes({ sessionId: request.get('x-conversation') ?? 'unknown' }, next),
      )
      .forRoutes(Chat);
  }
}

const app = await NestFactory.create(Application, { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
console.log(app.getHttpServer().address());
